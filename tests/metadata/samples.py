"""Small real files of every container, jobs that made them, and ways to look at what is shown of them."""

import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import av
from PIL import Image

from hfmedia_tui.domain import Facts, Job, Order, ProviderMapping, Task
from hfmedia_tui.media.inspect import inspect
from hfmedia_tui.metadata.inscribing import Inscriber
from hfmedia_tui.metadata.made import Made
from hfmedia_tui.metadata.measured import measure
from hfmedia_tui.settings import Output
from tests.media.files import animation, encoded, film, quarters

__all__ = ['MODEL', 'PROMPT', 'SAMPLES', 'inscribe', 'made', 'shown', 'write_sample']

MODEL: Final = 'black-forest-labs/FLUX.1-dev'
PROMPT: Final = 'a fox, “red”: in snow\nsecond line <b>&amp; 狐'
AT: Final = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)

_PICTURES: Final[Mapping[str, Callable[[], bytes]]] = {
    'still.png': lambda: encoded('PNG'),
    'animated.png': lambda: animation('PNG'),
    'still.jpg': lambda: encoded('JPEG'),
    'lossy.webp': lambda: encoded('WEBP'),
    'lossless.webp': lambda: encoded('WEBP', lossless=True),
    'alpha.webp': lambda: encoded('WEBP', quarters().convert('RGBA'), lossless=True),
    'animated.webp': lambda: animation('WEBP'),
}
_FILMS: Final = {'film.mp4': '', 'faststart.mp4': 'faststart'}
SAMPLES: Final = (*_PICTURES, *_FILMS)
"""Names of files into which something can be written."""


@cache
def _film_bytes(name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = film(Path(folder) / name, seconds=0.5)
        if flags := _FILMS[name]:
            remux(path, flags)
        return path.read_bytes()


def write_sample(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(_PICTURES[name]() if name in _PICTURES else _film_bytes(name))
    return path


def remux(path: Path, flags: str) -> None:
    """Write a film anew with `movflags`, its pictures and sound as they are."""
    old = path.rename(path.with_suffix('.old.mp4'))
    with av.open(str(old)) as source, av.open(str(path), 'w', options={'movflags': flags}) as target:
        streams = [target.add_stream_from_template(stream) for stream in source.streams]
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    old.unlink()


def made(path: Path, *, prompt: str = PROMPT, facts: Facts | None = None, said: Any = None, **order: Any) -> Made:
    """What made a file, asked for with `order`'s fields."""
    given: dict[str, Any] = {
        'parameters': {'width': 64, 'height': 64, 'guidance_scale': 3.5, 'negative_prompt': 'blur'}
    }
    asked = Order(
        id='o1',
        task=Task.TEXT_TO_IMAGE,
        model=MODEL,
        prompt=prompt,
        mappings=(),
        output='/home/somebody/pictures',
        account='somebody',
        bill_to='their-company',
        created_at=AT,
        **(given | order),
    )
    return Made(
        job=Job(id='j1', order=asked, index=0, seed=2**60 + 1, created_at=AT),
        ordinal=0,
        mapping=ProviderMapping(provider='fal-ai', provider_id='fal-ai/flux/dev'),
        facts=facts or Facts(request_id='r1'),
        handle='h1',
        said=said,
        media=inspect(path),
        came=measure(path),
        at=AT,
    )


def inscribe(path: Path, *, embed: bool = True, sidecar: bool = True, prompts: bool = True, **order: Any) -> Made:
    """Write into a file how it was made, as the engine does."""
    how = made(path, **order)
    Inscriber(inspect, lambda: Output(embed=embed, sidecar=sidecar, prompts=prompts))(path, how)
    return how


def shown(path: Path) -> list[bytes]:
    """Every picture of a file, as its pixels."""
    if path.suffix == '.mp4':
        to_image: Callable[[av.VideoFrame], Image.Image] = av.VideoFrame.to_image
        with av.open(str(path)) as source:
            return [to_image(frame).tobytes() for frame in source.decode(video=0)]
    frames = []
    with Image.open(path) as picture:
        for index in range(getattr(picture, 'n_frames', 1)):
            picture.seek(index)
            frames.append(picture.convert('RGBA').tobytes())
    return frames
