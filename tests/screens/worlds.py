"""What a place can show: nothing, work that goes well, work that fails, and words that nobody means well with."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Final

from PIL import Image

from hfmedia_tui.domain import (
    Attempt,
    Driver,
    Failure,
    FailureCode,
    Job,
    JobProgress,
    JobState,
    Order,
    Output,
    Stage,
)
from hfmedia_tui.store.ledger import Ledger
from tests.engine.loopback import Answer, Asked
from tests.engine.provider import as_json
from tests.hostile.world import HostileWorld, fill_ledger
from tests.jobs import NOW, job, order

__all__ = ['WORLDS', 'Clock', 'World']

_MODEL: Final = 'black-forest-labs/FLUX.1-schnell'
_PROMPTS: Final = (
    'a red fox in deep snow, morning light, 85 mm',
    'a lighthouse in a storm\nseen from a small boat',
    'portrait of an old sailor, oil on canvas',
    'an orchard in spring, bees, long shadows, a ladder against a tree, seen from the path below',
)
_SENTENCES: Final = (
    'The content could not be processed because it was flagged by a content checker.',
    'CUDA out of memory. Tried to allocate 2.00 GiB.',
    'No answer from fal-ai in 120 s.',
    'You have depleted your monthly included credits.',
)


class Clock(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return NOW.astimezone(tz or UTC)


class World:
    """A Hub that lists nothing, and a ledger without a job."""

    def __init__(self) -> None:
        self.url = ''

    def __call__(self, asked: Asked) -> Answer:
        return as_json({'name': 'fox'} if 'whoami' in asked.path else [])

    async def fill(self, ledger: Path, output: Path) -> None:
        """Record what earlier sessions did."""

    def under_way(self) -> tuple[Job, ...]:
        """The jobs that run and wait now."""
        return ()


class Busy(World):
    """A catalogue, results, and jobs in every stage."""

    def __call__(self, asked: Asked) -> Answer:
        return as_json(_catalogue()) if asked.path.startswith('/api/models') else super().__call__(asked)

    async def fill(self, ledger: Path, output: Path) -> None:
        await _record(ledger, [_succeeded(number, prompt, output, self.url) for number, prompt in enumerate(_PROMPTS)])

    def under_way(self) -> tuple[Job, ...]:
        return _under_way(self.url)


class Failing(World):
    """A Hub that cannot be asked, and jobs that failed for as many reasons."""

    def __call__(self, asked: Asked) -> Answer:
        return as_json({'error': 'Internal error'}, 500)

    async def fill(self, ledger: Path, output: Path) -> None:
        await _record(ledger, [_failed(number, words, self.url) for number, words in enumerate(_SENTENCES)])


class Torture(World):
    """Hostile words wherever somebody else may say something."""

    def __init__(self) -> None:
        super().__init__()
        self._world = HostileWorld()

    def __call__(self, asked: Asked) -> Answer:
        return self._world(asked)

    async def fill(self, ledger: Path, output: Path) -> None:
        await fill_ledger(ledger, self.url, output)


WORLDS: Final[dict[str, Callable[[], World]]] = {'empty': World, 'busy': Busy, 'failing': Failing, 'torture': Torture}


def _catalogue() -> list[dict[str, Any]]:
    names = (
        (_MODEL, 'text-to-image', 1_240_000, 4_100),
        ('Qwen/Qwen-Image', 'text-to-image', 410_000, 2_300),
        ('stabilityai/stable-diffusion-3.5-large', 'text-to-image', 98_000, 2_900),
        ('tencent/HunyuanImage-3.0-with-a-name-that-is-longer-than-any-column', 'text-to-image', 7_000, 900),
        ('Wan-AI/Wan2.2-T2V-A14B', 'text-to-video', 52_000, 700),
        ('Lightricks/LTX-Video', 'text-to-video', 230_000, 1_800),
    )
    return [
        {
            'id': name,
            'pipeline_tag': task,
            'downloads': downloads,
            'likes': likes,
            'gated': False,
            'tags': ['diffusers', 'license:apache-2.0'],
            'inferenceProviderMapping': [
                {'provider': provider, 'providerId': name.lower(), 'status': 'live', 'task': task}
                for provider in ('fal-ai', 'replicate')
            ],
        }
        for name, task, downloads, likes in names
    ]


def _order(number: int, prompt: str, router: str) -> Order:
    asked = NOW - timedelta(minutes=number + 5)
    return order(f'orderno{number}', prompt=prompt, model=_MODEL, router=router, created_at=asked)


def _succeeded(number: int, prompt: str, output: Path, router: str) -> Job:
    output.mkdir(parents=True, exist_ok=True)
    path = output / f'result-{number}.png'
    Image.new('RGB', (128, 96), (40 * number, 90, 140)).save(path)
    made = Output(path=str(path), media_type='image/png', width=128, height=96, size=path.stat().st_size, sha256='0')
    return _ended(_order(number, prompt, router), number, state=JobState.SUCCEEDED, outputs=(made,))


def _failed(number: int, words: str, router: str) -> Job:
    failure = Failure(code=FailureCode.PROVIDER, message=words, hint='Press r to try again.', provider='fal-ai')
    return _ended(_order(number, _PROMPTS[number], router), number, state=JobState.FAILED, error=failure)


def _ended(of: Order, number: int, **fields: Any) -> Job:
    started = of.created_at
    ended = started + timedelta(seconds=4.2 + number)
    return job(of, seed=42 + number, provider='fal-ai', started_at=started, finished_at=ended, **fields)


async def _record(path: Path, jobs: list[Job]) -> None:
    ledger = Ledger(path)
    await ledger.open()
    try:
        for one in reversed(jobs):
            await ledger.add(one.order, [one])
            await ledger.save(one)
    finally:
        await ledger.close()


def _under_way(router: str) -> tuple[Job, ...]:
    """Jobs in every stage, as the engine tells them."""
    stages: tuple[dict[str, Any], ...] = (
        {'progress': JobProgress(stage=Stage.RUNNING, fraction=0.41)},
        {'progress': JobProgress(stage=Stage.QUEUED, queue_position=3)},
        {'progress': JobProgress(stage=Stage.DOWNLOADING, bytes=1_300_000), 'attempts': 2},
        {'progress': JobProgress(stage=Stage.RUNNING), 'driver': Driver.OTHER},
        {'state': JobState.QUEUED},
        {'state': JobState.QUEUED, 'paused': True},
    )
    told = []
    for number, stage in enumerate(stages):
        of = order(f'livejob{number}', prompt=_PROMPTS[number % 4], model=_MODEL, router=router)
        fields = {'state': JobState.RUNNING, **stage}
        if fields['state'] is JobState.RUNNING:
            fields |= {'provider': 'fal-ai', 'started_at': NOW - timedelta(seconds=12 * number + 7)}
            fields['attempts'] = (Attempt(provider='fal-ai'),) * stage.get('attempts', 1)
        told.append(job(of, sequence=100 + number, **fields))
    return tuple(told)
