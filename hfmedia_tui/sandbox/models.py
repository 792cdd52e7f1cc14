"""The sandbox's catalogue: models with believable names, who serves each, and those that fail on purpose."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from hfmedia_tui.domain import Task
from hfmedia_tui.sandbox.faults import Fault

__all__ = ['MODELS', 'PROVIDERS', 'CatalogueModel', 'Offer', 'find_offer']


class Offer(Struct, frozen=True, kw_only=True):
    """One provider's offer of one model."""

    provider: str
    provider_id: str
    status: str = 'live'
    adapter: str | None = None
    adapter_weights_path: str | None = None


class CatalogueModel(Struct, frozen=True, kw_only=True):
    """A model as the sandbox's Hub knows it."""

    id: str
    task: Task
    offers: tuple[Offer, ...]
    likes: int = 0
    downloads: int = 0
    """In the last 30 days, as the Hub counts."""
    trending: int = 0
    gated: bool | str = False
    tags: tuple[str, ...] = ()
    library: str = 'diffusers'
    size: tuple[int, int] = (1024, 1024)
    """Width and height in pixels of what it makes when nothing is asked."""
    fault: Fault | None = None
    fault_at: frozenset[str] | None = None
    """The providers where it fails; None for all of them."""

    @property
    def internal_id(self) -> str:
        """What the Hub calls `_id`: 24 hexadecimal digits."""
        return hashlib.sha256(self.id.encode()).hexdigest()[:24]

    @property
    def created_at(self) -> str:
        digest = hashlib.sha256(self.id.encode()).digest()
        return f'202{4 + digest[0] % 2}-{1 + digest[1] % 12:02}-{1 + digest[2] % 28:02}T{digest[3] % 24:02}:00:00.000Z'

    def fault_for(self, provider: str) -> Fault | None:
        return self.fault if self.fault_at is None or provider in self.fault_at else None


PROVIDERS: Final = (
    'fal-ai',
    'replicate',
    'wavespeed',
    'together',
    'novita',
    'nscale',
    'zai-org',
    'hf-inference',
    'deepinfra',
)
"""Every provider whose wire the sandbox speaks."""

_IMAGE = Task.TEXT_TO_IMAGE
_VIDEO = Task.TEXT_TO_VIDEO
_IMAGE_PROVIDERS = tuple(provider for provider in PROVIDERS if provider != 'novita')
_VIDEO_PROVIDERS = ('fal-ai', 'replicate', 'wavespeed', 'together', 'novita')


def _model(
    model_id: str,
    offers: Mapping[str, str],
    *,
    task: Task = _IMAGE,
    popularity: tuple[int, int, int],
    licence: str = 'apache-2.0',
    gated: bool | str = False,
    size: tuple[int, int] | None = None,
    lora: str | None = None,
    staging: str | None = None,
) -> CatalogueModel:
    """Declare a model: who serves it under which id, and its likes, downloads and trending score.

    `lora` is the weights file of an adapter; `staging` names the provider that only tests it yet.
    """
    likes, downloads, trending = popularity
    adapter = 'lora' if lora else None
    return CatalogueModel(
        id=model_id,
        task=task,
        offers=tuple(
            Offer(
                provider=provider,
                provider_id=provider_id,
                status='staging' if provider == staging else 'live',
                adapter=adapter,
                adapter_weights_path=lora,
            )
            for provider, provider_id in offers.items()
        ),
        likes=likes,
        downloads=downloads,
        trending=trending,
        gated=gated,
        tags=('diffusers', *(('lora',) if lora else ()), task.value, f'license:{licence}', 'region:us'),
        size=size or ((1024, 1024) if task is _IMAGE else (832, 480)),
    )


def _staged(
    name: str,
    fault: Fault | None,
    *,
    task: Task = _IMAGE,
    providers: tuple[str, ...] | None = None,
    at: tuple[str, ...] | None = None,
    works: bool = False,
) -> CatalogueModel:
    """Declare a model that fails on purpose; `works` where it does in the end bring a result."""
    providers = providers or (_IMAGE_PROVIDERS if task is _IMAGE else _VIDEO_PROVIDERS)
    return CatalogueModel(
        id=f'sandbox/{name}',
        task=task,
        offers=tuple(Offer(provider=provider, provider_id=f'sandbox/{name}') for provider in providers),
        tags=(task.value, 'license:mit', *(() if works else ('fails-on-purpose',))),
        size=(1024, 1024) if task is _IMAGE else (832, 480),
        trending=-1 if works else -2,
        fault=fault,
        fault_at=frozenset(at) if at else None,
    )


_SDXL = '7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc'
_LIGHTNING = '5599ed30703defd1d160a25a63321b4dec97101d98b4674bcc56e41f62f35637'
_PLAYGROUND = 'a45f82a1382bed5c7aeb861dac7c7d191b0fdf74d8d57c4a0e6ed7d4d0bf7d24'
_REALVIS = 'd6a2b2c0d7a9f0b0e0f0bca9c2a3f1f6c93fd1f9f64ba6a5a0f0e1d2c3b4a596'
_ANIMATEDIFF = 'beecf59c4aee8d81bf04f0381033dfa10dc16e845b4ae00d281e2fa377e48a9f'
_ZEROSCOPE = '9f747673945c62801b13b84701c783929c0ee784e4748ec062204894dda1a351'

_REAL_LOOKING = (
    _model(
        'black-forest-labs/FLUX.1-dev',
        {
            'fal-ai': 'fal-ai/flux/dev',
            'replicate': 'black-forest-labs/flux-dev',
            'together': 'black-forest-labs/FLUX.1-dev',
            'wavespeed': 'wavespeed-ai/flux-dev',
            'hf-inference': 'black-forest-labs/FLUX.1-dev',
        },
        popularity=(12_410, 1_093_000, 96),
        licence='other',
        gated='auto',
    ),
    _model(
        'Tongyi-MAI/Z-Image-Turbo',
        {
            'fal-ai': 'fal-ai/z-image/turbo',
            'replicate': 'prunaai/z-image-turbo',
            'wavespeed': 'wavespeed-ai/z-image/turbo',
        },
        popularity=(4_120, 812_000, 94),
    ),
    _model(
        'Qwen/Qwen-Image',
        {
            'fal-ai': 'fal-ai/qwen-image',
            'replicate': 'qwen/qwen-image',
            'wavespeed': 'wavespeed-ai/qwen-image/text-to-image',
            'deepinfra': 'Qwen/Qwen-Image',
        },
        popularity=(2_390, 284_000, 90),
    ),
    _model(
        'black-forest-labs/FLUX.1-schnell',
        {
            'together': 'black-forest-labs/FLUX.1-schnell',
            'fal-ai': 'fal-ai/flux/schnell',
            'replicate': 'black-forest-labs/flux-schnell',
            'nscale': 'black-forest-labs/FLUX.1-schnell',
            'hf-inference': 'black-forest-labs/FLUX.1-schnell',
            'deepinfra': 'black-forest-labs/FLUX-1-schnell',
        },
        popularity=(4_610, 689_000, 88),
    ),
    _model(
        'black-forest-labs/FLUX.2-dev',
        {
            'fal-ai': 'fal-ai/flux-2',
            'replicate': 'black-forest-labs/flux-2-dev',
            'wavespeed': 'wavespeed-ai/flux-2-dev/text-to-image',
        },
        popularity=(1_480, 214_000, 86),
        licence='other',
        gated='auto',
    ),
    _model(
        'Qwen/Qwen-Image-2512',
        {'fal-ai': 'fal-ai/qwen-image-2512', 'replicate': 'qwen/qwen-image-2512'},
        popularity=(910, 98_400, 84),
    ),
    _model(
        'stabilityai/stable-diffusion-3.5-large',
        {
            'fal-ai': 'fal-ai/stable-diffusion-v35-large',
            'replicate': 'stability-ai/stable-diffusion-3.5-large',
            'hf-inference': 'stabilityai/stable-diffusion-3.5-large',
        },
        popularity=(3_310, 141_000, 80),
        licence='other',
        gated='auto',
    ),
    _model(
        'stabilityai/stable-diffusion-xl-base-1.0',
        {
            'hf-inference': 'stabilityai/stable-diffusion-xl-base-1.0',
            'replicate': f'stability-ai/sdxl:{_SDXL}',
            'together': 'stabilityai/stable-diffusion-xl-base-1.0',
            'nscale': 'stabilityai/stable-diffusion-xl-base-1.0',
        },
        popularity=(7_240, 2_310_000, 78),
        licence='openrail++',
    ),
    _model(
        'black-forest-labs/FLUX.1-Krea-dev',
        {
            'fal-ai': 'fal-ai/flux/krea',
            'replicate': 'black-forest-labs/flux-krea-dev',
            'together': 'black-forest-labs/FLUX.1-krea-dev',
        },
        popularity=(1_190, 92_500, 76),
        licence='other',
        gated='auto',
    ),
    _model(
        'tencent/HunyuanImage-3.0',
        {'fal-ai': 'fal-ai/hunyuan-image/v3/text-to-image', 'wavespeed': 'wavespeed-ai/hunyuan-image-3'},
        popularity=(1_260, 61_200, 74),
        licence='other',
    ),
    _model(
        'black-forest-labs/FLUX.2-klein-4B',
        {'fal-ai': 'fal-ai/flux-2/klein/4b', 'replicate': 'black-forest-labs/flux-2-klein-4b'},
        popularity=(540, 143_000, 73),
    ),
    _model(
        'tencent/HunyuanImage-2.1',
        {'fal-ai': 'fal-ai/hunyuan-image/v2.1/text-to-image', 'replicate': 'tencent/hunyuan-image-2.1'},
        popularity=(690, 24_300, 68),
        licence='other',
    ),
    _model(
        'HiDream-ai/HiDream-I1-Full',
        {
            'fal-ai': 'fal-ai/hidream-i1-full',
            'replicate': 'prunaai/hidream-l1-full',
            'wavespeed': 'wavespeed-ai/hidream-i1-full',
        },
        popularity=(980, 33_900, 66),
        licence='mit',
    ),
    _model(
        'HiDream-ai/HiDream-I1-Dev',
        {'fal-ai': 'fal-ai/hidream-i1-dev', 'replicate': 'prunaai/hidream-l1-dev'},
        popularity=(182, 12_700, 49),
        licence='mit',
    ),
    _model(
        'HiDream-ai/HiDream-I1-Fast',
        {'fal-ai': 'fal-ai/hidream-i1-fast', 'replicate': 'prunaai/hidream-l1-fast'},
        popularity=(131, 21_600, 48),
        licence='mit',
    ),
    _model(
        'stabilityai/stable-diffusion-3.5-large-turbo',
        {
            'fal-ai': 'fal-ai/stable-diffusion-v35-large/turbo',
            'replicate': 'stability-ai/stable-diffusion-3.5-large-turbo',
        },
        popularity=(640, 38_700, 60),
        licence='other',
        gated='auto',
    ),
    _model(
        'stabilityai/stable-diffusion-3.5-medium',
        {
            'fal-ai': 'fal-ai/stable-diffusion-v35-medium',
            'replicate': 'stability-ai/stable-diffusion-3.5-medium',
            'hf-inference': 'stabilityai/stable-diffusion-3.5-medium',
        },
        popularity=(870, 52_800, 59),
        licence='other',
        gated='auto',
    ),
    _model(
        'stabilityai/stable-diffusion-3-medium-diffusers',
        {
            'hf-inference': 'stabilityai/stable-diffusion-3-medium-diffusers',
            'fal-ai': 'fal-ai/stable-diffusion-v3-medium',
        },
        popularity=(451, 44_100, 58),
        licence='other',
        gated='auto',
    ),
    _model(
        'lodestones/Chroma1-HD',
        {'fal-ai': 'fal-ai/chroma/hd', 'wavespeed': 'wavespeed-ai/chroma'},
        popularity=(402, 19_200, 57),
    ),
    _model(
        'ByteDance/SDXL-Lightning',
        {
            'fal-ai': 'fal-ai/fast-lightning-sdxl',
            'replicate': f'bytedance/sdxl-lightning-4step:{_LIGHTNING}',
            'hf-inference': 'ByteDance/SDXL-Lightning',
        },
        popularity=(2_120, 87_400, 56),
        licence='openrail++',
    ),
    _model(
        'playgroundai/playground-v2.5-1024px-aesthetic',
        {
            'fal-ai': 'fal-ai/playground-v25',
            'replicate': f'playgroundai/playground-v2.5-1024px-aesthetic:{_PLAYGROUND}',
        },
        popularity=(754, 142_000, 55),
        licence='other',
    ),
    _model(
        'Kwai-Kolors/Kolors',
        {'fal-ai': 'fal-ai/kolors', 'deepinfra': 'Kwai-Kolors/Kolors'},
        popularity=(871, 4_300, 51),
    ),
    _model(
        'Efficient-Large-Model/Sana_1600M_1024px_diffusers',
        {'fal-ai': 'fal-ai/sana', 'replicate': 'nvidia/sana'},
        popularity=(58, 17_800, 50),
        licence='other',
    ),
    _model(
        'Alpha-VLLM/Lumina-Image-2.0',
        {'fal-ai': 'fal-ai/lumina-image/v2', 'replicate': 'lumina-ai/lumina-image-2'},
        popularity=(391, 9_700, 47),
    ),
    _model(
        'fal/AuraFlow-v0.3',
        {'fal-ai': 'fal-ai/aura-flow'},
        popularity=(132, 6_900, 45),
    ),
    _model(
        'zai-org/CogView4-6B',
        {'fal-ai': 'fal-ai/cogview4', 'zai-org': 'cogview-4-250304'},
        popularity=(248, 15_500, 44),
        size=(1024, 1024),
    ),
    _model(
        'zai-org/GLM-Image',
        {'zai-org': 'glm-image', 'fal-ai': 'fal-ai/glm-image'},
        popularity=(1_021, 31_400, 72),
        licence='mit',
        size=(1280, 1280),
    ),
    _model(
        'briaai/FIBO',
        {'fal-ai': 'bria/fibo/generate', 'replicate': 'bria/fibo'},
        popularity=(344, 8_200, 53),
        licence='cc-by-nc-4.0',
        gated='manual',
    ),
    _model(
        'briaai/BRIA-3.2',
        {'fal-ai': 'bria/text-to-image/3.2', 'replicate': 'bria/image-3.2'},
        popularity=(91, 2_600, 40),
        licence='other',
        gated='manual',
    ),
    _model(
        'PixArt-alpha/PixArt-Sigma-XL-2-1024-MS',
        {'fal-ai': 'fal-ai/pixart-sigma'},
        popularity=(88, 23_100, 37),
        licence='openrail++',
    ),
    _model(
        'stabilityai/stable-cascade',
        {'fal-ai': 'fal-ai/stable-cascade', 'hf-inference': 'stabilityai/stable-cascade'},
        popularity=(1_294, 11_900, 36),
        licence='other',
    ),
    _model(
        'SG161222/RealVisXL_V4.0',
        {
            'replicate': f'adirik/realvisxl-v4.0:{_REALVIS}',
            'hf-inference': 'SG161222/RealVisXL_V4.0',
        },
        popularity=(402, 64_300, 42),
        licence='openrail++',
    ),
    _model(
        'stabilityai/sdxl-turbo',
        {'hf-inference': 'stabilityai/sdxl-turbo', 'fal-ai': 'fal-ai/fast-turbo-diffusion'},
        popularity=(2_560, 584_000, 54),
        licence='other',
        size=(512, 512),
    ),
    _model(
        'stable-diffusion-v1-5/stable-diffusion-v1-5',
        {'hf-inference': 'stable-diffusion-v1-5/stable-diffusion-v1-5'},
        popularity=(981, 1_870_000, 52),
        licence='creativeml-openrail-m',
        size=(512, 512),
    ),
    _model(
        'CompVis/stable-diffusion-v1-4',
        {'hf-inference': 'CompVis/stable-diffusion-v1-4'},
        popularity=(6_980, 713_000, 46),
        licence='creativeml-openrail-m',
        size=(512, 512),
    ),
    _model(
        'Lykon/dreamshaper-8',
        {'hf-inference': 'Lykon/dreamshaper-8', 'fal-ai': 'fal-ai/dreamshaper'},
        popularity=(331, 92_600, 38),
        licence='creativeml-openrail-m',
        size=(512, 768),
    ),
    _model(
        'OmniGen2/OmniGen2',
        {'fal-ai': 'fal-ai/omnigen-v2', 'replicate': 'vectorspacelab/omnigen2'},
        popularity=(452, 7_300, 41),
    ),
    _model(
        'Shitao/OmniGen-v1',
        {'fal-ai': 'fal-ai/omnigen-v1'},
        popularity=(306, 3_800, 33),
        licence='mit',
    ),
    _model(
        'Freepik/F-Lite',
        {'fal-ai': 'fal-ai/f-lite/standard'},
        popularity=(121, 1_400, 31),
        licence='openrail++',
    ),
    _model(
        'Freepik/flux.1-lite-8B',
        {'deepinfra': 'Freepik/flux.1-lite-8B', 'nscale': 'Freepik/flux.1-lite-8B'},
        popularity=(361, 8_800, 35),
        licence='other',
    ),
    _model(
        'meituan-longcat/LongCat-Image',
        {'wavespeed': 'wavespeed-ai/longcat-image/text-to-image'},
        popularity=(287, 12_300, 62),
    ),
    _model(
        'baidu/ERNIE-Image',
        {'fal-ai': 'fal-ai/ernie-image', 'wavespeed': 'wavespeed-ai/ernie-image/text-to-image'},
        popularity=(174, 5_900, 61),
        staging='fal-ai',
    ),
    _model(
        'XLabs-AI/flux-RealismLora',
        {'fal-ai': 'fal-ai/flux-lora', 'replicate': 'black-forest-labs/flux-dev-lora'},
        popularity=(1_210, 31_800, 43),
        licence='other',
        lora='lora.safetensors',
    ),
    _model(
        'Shakker-Labs/FLUX.1-dev-LoRA-add-details',
        {'fal-ai': 'fal-ai/flux-lora', 'replicate': 'black-forest-labs/flux-dev-lora'},
        popularity=(352, 22_400, 39),
        licence='other',
        lora='FLUX-dev-lora-add_details.safetensors',
    ),
    _model(
        'strangerzonehf/Flux-Midjourney-Mix2-LoRA',
        {'fal-ai': 'fal-ai/flux-lora', 'wavespeed': 'wavespeed-ai/flux-dev-lora'},
        popularity=(471, 18_100, 34),
        licence='other',
        lora='mjV6.safetensors',
    ),
    _model(
        'alvdansen/flux-koda',
        {'fal-ai': 'fal-ai/flux-lora'},
        popularity=(143, 2_100, 28),
        licence='other',
        lora='flux_koda.safetensors',
    ),
    _model(
        'nerijs/pixel-art-xl',
        {'fal-ai': 'fal-ai/lora', 'hf-inference': 'nerijs/pixel-art-xl'},
        popularity=(702, 14_600, 32),
        licence='creativeml-openrail-m',
        lora='pixel-art-xl.safetensors',
    ),
    _model(
        'openfree/flux-chatgpt-ghibli-lora',
        {'fal-ai': 'fal-ai/flux-lora'},
        popularity=(412, 5_200, 29),
        licence='other',
        lora='flux-chatgpt-ghibli-lora.safetensors',
    ),
    _model(
        'flymy-ai/qwen-image-realism-lora',
        {'fal-ai': 'fal-ai/qwen-image', 'replicate': 'qwen/qwen-image-lora'},
        popularity=(214, 9_400, 30),
        lora='flymy_realism.safetensors',
    ),
    _model(
        'Wan-AI/Wan2.2-T2V-A14B',
        {
            'fal-ai': 'fal-ai/wan/v2.2-a14b/text-to-video',
            'replicate': 'wan-video/wan-2.2-t2v-fast',
            'together': 'Wan-AI/Wan2.2-T2V-A14B',
            'wavespeed': 'wavespeed-ai/wan-2.2/t2v-480p',
        },
        task=_VIDEO,
        popularity=(1_720, 94_300, 92),
    ),
    _model(
        'Lightricks/LTX-2',
        {
            'fal-ai': 'fal-ai/ltx-2/text-to-video',
            'replicate': 'lightricks/ltx-2-fast',
            'wavespeed': 'wavespeed-ai/ltx-2-fast/text-to-video',
        },
        task=_VIDEO,
        popularity=(1_340, 121_000, 91),
        licence='other',
        size=(1280, 720),
    ),
    _model(
        'tencent/HunyuanVideo-1.5',
        {
            'fal-ai': 'fal-ai/hunyuan-video-v1.5/text-to-video',
            'wavespeed': 'wavespeed-ai/hunyuan-video-1.5/text-to-video',
        },
        task=_VIDEO,
        popularity=(742, 26_900, 87),
        licence='other',
        size=(848, 480),
    ),
    _model(
        'Wan-AI/Wan2.2-TI2V-5B',
        {
            'fal-ai': 'fal-ai/wan/v2.2-5b/text-to-video',
            'replicate': 'wan-video/wan-2.2-5b-fast',
            'novita': 'wan-2.2-t2v-5b',
        },
        task=_VIDEO,
        popularity=(891, 63_700, 82),
        size=(1280, 720),
    ),
    _model(
        'tencent/HunyuanVideo',
        {
            'fal-ai': 'fal-ai/hunyuan-video',
            'replicate': 'tencent/hunyuan-video',
            'novita': 'hunyuan-video-fast',
            'together': 'tencent/HunyuanVideo',
        },
        task=_VIDEO,
        popularity=(2_080, 41_200, 77),
        licence='other',
        size=(848, 480),
    ),
    _model(
        'Lightricks/LTX-Video',
        {'fal-ai': 'fal-ai/ltx-video', 'replicate': 'lightricks/ltx-video'},
        task=_VIDEO,
        popularity=(2_010, 218_000, 75),
        licence='other',
        size=(768, 512),
    ),
    _model(
        'Lightricks/LTX-Video-0.9.8-13B-distilled',
        {'fal-ai': 'fal-ai/ltxv-13b-098-distilled', 'replicate': 'lightricks/ltx-video-0.9.8-distilled'},
        task=_VIDEO,
        popularity=(112, 14_100, 64),
        licence='other',
        size=(768, 512),
    ),
    _model(
        'Wan-AI/Wan2.1-T2V-14B',
        {
            'fal-ai': 'fal-ai/wan-t2v',
            'replicate': 'wavespeedai/wan-2.1-t2v-480p',
            'novita': 'wan-t2v',
            'wavespeed': 'wavespeed-ai/wan-2.1/t2v-480p',
        },
        task=_VIDEO,
        popularity=(1_430, 37_600, 70),
    ),
    _model(
        'Wan-AI/Wan2.1-T2V-1.3B',
        {'fal-ai': 'fal-ai/wan/v2.1/1.3b/text-to-video', 'replicate': 'wan-video/wan-2.1-1.3b'},
        task=_VIDEO,
        popularity=(402, 58_300, 63),
    ),
    _model(
        'genmo/mochi-1-preview',
        {'fal-ai': 'fal-ai/mochi-v1', 'replicate': 'genmoai/mochi-1', 'together': 'genmo/mochi-1-preview'},
        task=_VIDEO,
        popularity=(1_290, 8_700, 65),
        size=(848, 480),
    ),
    _model(
        'zai-org/CogVideoX-5b',
        {'fal-ai': 'fal-ai/cogvideox-5b', 'together': 'zai-org/CogVideoX-5b', 'novita': 'cogvideox-5b'},
        task=_VIDEO,
        popularity=(640, 46_800, 67),
        licence='other',
        size=(720, 480),
    ),
    _model(
        'zai-org/CogVideoX1.5-5B',
        {'fal-ai': 'fal-ai/cogvideox-1.5-5b'},
        task=_VIDEO,
        popularity=(52, 3_900, 44),
        licence='other',
        size=(1360, 768),
    ),
    _model(
        'kandinskylab/Kandinsky-5.0-T2V-Lite',
        {'fal-ai': 'fal-ai/kandinsky5/text-to-video', 'wavespeed': 'wavespeed-ai/kandinsky5/text-to-video'},
        task=_VIDEO,
        popularity=(131, 6_100, 60),
        licence='mit',
        size=(768, 512),
    ),
    _model(
        'meituan-longcat/LongCat-Video',
        {'fal-ai': 'fal-ai/longcat-video/text-to-video/480p'},
        task=_VIDEO,
        popularity=(417, 9_300, 69),
        licence='mit',
    ),
    _model(
        'krea/krea-realtime-video',
        {'fal-ai': 'fal-ai/krea-wan-14b/text-to-video'},
        task=_VIDEO,
        popularity=(298, 4_400, 58),
    ),
    _model(
        'nvidia/Cosmos-Predict2.5-14B',
        {'fal-ai': 'fal-ai/cosmos-predict-2.5/text-to-video'},
        task=_VIDEO,
        popularity=(77, 2_900, 52),
        licence='other',
        gated='auto',
        size=(1280, 704),
    ),
    _model(
        'ByteDance/AnimateDiff-Lightning',
        {
            'fal-ai': 'fal-ai/fast-animatediff/turbo/text-to-video',
            'replicate': f'lucataco/animate-diff:{_ANIMATEDIFF}',
        },
        task=_VIDEO,
        popularity=(986, 71_500, 47),
        licence='creativeml-openrail-m',
        size=(512, 512),
    ),
    _model(
        'cerspense/zeroscope_v2_XL',
        {'replicate': f'anotherjesse/zeroscope-v2-xl:{_ZEROSCOPE}'},
        task=_VIDEO,
        popularity=(538, 2_300, 36),
        licence='cc-by-nc-4.0',
        size=(1024, 576),
    ),
    _model(
        'rain1011/pyramid-flow-sd3',
        {'novita': 'pyramid-flow'},
        task=_VIDEO,
        popularity=(802, 1_100, 33),
        licence='mit',
        size=(640, 384),
    ),
    _model(
        'Skywork/SkyReels-V2-DF-14B-540P',
        {'wavespeed': 'wavespeed-ai/SkyReels-V1', 'novita': 'skyreels-v2-14b'},
        task=_VIDEO,
        popularity=(94, 1_900, 41),
        licence='other',
        size=(960, 544),
    ),
    _model(
        'ostris/wan21_arcane_style_lora',
        {'fal-ai': 'fal-ai/wan-t2v-lora', 'wavespeed': 'wavespeed-ai/wan-2.1/t2v-480p-lora'},
        task=_VIDEO,
        popularity=(41, 1_300, 27),
        lora='wan21_arcane_style.safetensors',
    ),
)

_STAGED = (
    _staged('falls-back', Fault.OUT_OF_CREDIT, at=('fal-ai',), works=True),
    _staged('falls-back-to-film', Fault.OUT_OF_CREDIT, task=_VIDEO, at=('fal-ai',), works=True),
    _staged('wakes-up-cold', Fault.COLD, works=True),
    _staged('answers-before-it-is-done', Fault.PAST_THE_WAIT, providers=('replicate',), works=True),
    _staged('fails-out-of-credit', Fault.OUT_OF_CREDIT),
    _staged('fails-throttled', Fault.THROTTLED),
    _staged('fails-unknown-provider', None, providers=('provider-to-come',)),
    _staged('fails-forbidden', Fault.FORBIDDEN),
    _staged('fails-retired', Fault.GONE),
    _staged('fails-gateway-timeout', Fault.GATEWAY_TIMEOUT),
    _staged('fails-lost-reply', Fault.LOST_REPLY),
    _staged('fails-moderated', Fault.MODERATED),
    _staged('fails-flagged-black', Fault.FLAGGED, providers=('fal-ai', 'wavespeed')),
    _staged('fails-while-running', Fault.CRASHED),
    _staged('fails-stuck-in-queue', Fault.STUCK, providers=('fal-ai', 'wavespeed', 'zai-org')),
    _staged('fails-cut-off', Fault.CUT_OFF, providers=('fal-ai', 'replicate', 'wavespeed', 'zai-org', 'hf-inference')),
    _staged('fails-expired-link', Fault.EXPIRED_LINK, providers=('fal-ai', 'replicate', 'wavespeed', 'zai-org')),
    _staged('fails-out-of-credit-film', Fault.OUT_OF_CREDIT, task=_VIDEO),
    _staged('fails-moderated-film', Fault.MODERATED, task=_VIDEO),
    _staged('fails-while-running-film', Fault.CRASHED, task=_VIDEO),
    _staged('fails-cut-off-film', Fault.CUT_OFF, task=_VIDEO),
)

MODELS: Final[Mapping[str, CatalogueModel]] = MappingProxyType(
    {model.id: model for model in (*_REAL_LOOKING, *_STAGED)}
)
"""Every model by its id."""


def _by_offer(models: Iterable[CatalogueModel]) -> Mapping[tuple[str, str], Sequence[CatalogueModel]]:
    """The models that a provider runs under one id of its own."""
    found = defaultdict[tuple[str, str], list[CatalogueModel]](list)
    for model in models:
        for offer in model.offers:
            found[offer.provider, offer.provider_id].append(model)
    return found


_OFFERS: Final = _by_offer(MODELS.values())


def find_offer(provider: str, provider_id: str, adapter_repository: str | None = None) -> CatalogueModel | None:
    """Return the model that `provider` runs as `provider_id`, or None.

    Adapters share one provider id; `adapter_repository` is the model id that the request's adapter comes from.
    """
    candidates = _OFFERS.get((provider, provider_id), ())
    for model in candidates:
        if model.id == adapter_repository:
            return model
    return candidates[0] if candidates else None
