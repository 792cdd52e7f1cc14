"""The sandbox's own predictions: one file each, so that a later process answers for an earlier one.

Where a prediction stands follows from the clock and its file alone, and its media from its prompt, model and seed.
So nothing runs here that could be lost: any process on the same home gives the same answers, and two at once do no
harm to each other.
"""

import asyncio
import contextlib
import math
import os
import random
import re
import tempfile
import time
from collections import Counter, OrderedDict
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from hfmedia_tui.domain import Task
from hfmedia_tui.sandbox import paint
from hfmedia_tui.sandbox.faults import RUN_FAILURES, Fault

__all__ = ['Ask', 'Prediction', 'Predictions', 'Stage', 'Standing']

KEPT_SECONDS: Final = 24 * 60 * 60
"""How long a prediction and its media are kept."""

_IDENTIFIER = re.compile(r'[A-Za-z0-9_-]{8,64}')
_MEDIA_NAME = re.compile(r'([A-Za-z0-9_-]{8,64})-(\d)\.(?:png|jpeg|webp|mp4)')
_ASKED_LIMIT = 10_000


class Ask(Struct, frozen=True, kw_only=True):
    """What a submit asks for, whatever its provider's spelling."""

    provider: str
    model: str
    """The Hub's id."""
    provider_id: str
    task: Task
    prompt: str
    seed: int
    width: int
    height: int
    count: int = 1
    """Pictures; each after the first has the next seed."""
    format: str
    """png, jpeg, webp or mp4."""
    frames: int = 1
    rate: int = 16
    """Frames a second."""
    steps: int = 28
    fault: Fault | None = None


class Prediction(Struct, frozen=True, kw_only=True):
    """An ask that was taken on."""

    id: str
    ask: Ask
    created_at: float
    """Seconds since the epoch."""
    places: int
    """How many predictions are ahead of it when it is taken on."""
    queue_seconds: float
    run_seconds: float
    """Both are 0 at pace 0: then it moves on each time it is asked for."""
    cancelled: bool = False

    @property
    def failure(self) -> str | None:
        """The provider's words, where it fails while running."""
        return RUN_FAILURES.get(self.ask.fault) if self.ask.fault else None


class Stage(StrEnum):
    QUEUED = 'queued'
    RUNNING = 'running'
    SUCCEEDED = 'succeeded'
    FAILED = 'failed'
    CANCELLED = 'cancelled'


class Standing(Struct, frozen=True, kw_only=True):
    """Where a prediction stands at one moment."""

    stage: Stage
    position: int = 0
    """Predictions ahead in the queue."""
    fraction: float = 0.0
    """Done so far, 0 to 1."""

    @property
    def ended(self) -> bool:
        return self.stage not in (Stage.QUEUED, Stage.RUNNING)


class Predictions:
    """Every prediction below one home."""

    def __init__(self, home: Path, media_origin: str, pace: float) -> None:
        self.pace = pace
        """What every simulated duration is multiplied by."""
        self._records = home / 'predictions'
        self._media = home / 'media'
        self._media_origin = media_origin
        self._asked: OrderedDict[str, int] = OrderedDict()
        self._painting: dict[Path, asyncio.Task[Path]] = {}
        # Pictures never wait behind films.
        self._painters = {task: ThreadPoolExecutor(2, task.value) for task in Task}
        for folder in (self._records, self._media):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def close(self) -> None:
        """Paint nothing more."""
        for painter in self._painters.values():
            painter.shutdown(wait=False, cancel_futures=True)

    # ------------------------------------------------------------------------------------------ asking and telling

    async def take_on(self, ask: Ask, identifier: str) -> Prediction:
        """Take `ask` on under `identifier`, and begin to paint."""
        film = ask.task is Task.TEXT_TO_VIDEO
        chance = random.Random(identifier)
        queue, run = ((1.0, 2.0), (3.0, 5.0)) if film else ((0.4, 1.3), (0.8, 2.2))
        prediction = Prediction(
            id=identifier,
            ask=ask,
            created_at=time.time(),
            places=chance.randint(1, 3),
            queue_seconds=chance.uniform(*queue) * self.pace,
            run_seconds=chance.uniform(*run) * self.pace,
        )
        await asyncio.to_thread(self._write, prediction)
        self._begin_painting(prediction)
        return prediction

    async def find(self, provider: str, identifier: str) -> Prediction | None:
        """Return a prediction of `provider`, whichever process took it on, or None."""
        if not _IDENTIFIER.fullmatch(identifier):
            return None
        return await asyncio.to_thread(self._read, self._records / f'{provider}.{identifier}.json')

    def standing(self, prediction: Prediction) -> Standing:
        """Return where `prediction` stands; at pace 0 it moves on by being asked for."""
        if prediction.cancelled:
            return Standing(stage=Stage.CANCELLED)
        if prediction.ask.fault is Fault.STUCK:
            return Standing(stage=Stage.QUEUED)
        if prediction.run_seconds == 0:
            asked = self._asked.pop(prediction.id, 0)
            self._asked[prediction.id] = asked + 1
            if len(self._asked) > _ASKED_LIMIT:
                self._asked.popitem(last=False)
            if asked == 0:
                return Standing(stage=Stage.QUEUED)
            return Standing(stage=Stage.RUNNING, fraction=0.5) if asked == 1 else self._end(prediction)
        waited = time.time() - prediction.created_at
        if waited < prediction.queue_seconds:
            ahead = prediction.places * (1 - waited / prediction.queue_seconds)
            return Standing(stage=Stage.QUEUED, position=math.ceil(ahead) - 1)
        fraction = (waited - prediction.queue_seconds) / prediction.run_seconds
        return Standing(stage=Stage.RUNNING, fraction=fraction) if fraction < 1 else self._end(prediction)

    async def finish(self, prediction: Prediction) -> None:
        """Wait until `prediction` has ended, as a synchronous route does."""
        await asyncio.sleep(max(0.0, prediction.created_at + self._seconds(prediction) - time.time()))
        if prediction.failure is None and prediction.ask.fault is not Fault.STUCK:
            for index in range(prediction.ask.count):
                await self.media(prediction, index)

    async def cancel(self, prediction: Prediction) -> None:
        await asyncio.to_thread(self._write, msgspec.structs.replace(prediction, cancelled=True))

    async def counts(self) -> Counter[str]:
        """Return how many submits each provider took on."""
        names = await asyncio.to_thread(os.listdir, self._records)
        return Counter(name.partition('.')[0] for name in names if name.endswith('.json'))

    async def prune(self) -> None:
        """Delete what is older than a day."""
        await asyncio.to_thread(self._prune)

    # ------------------------------------------------------------------------------------------ media

    def media_url(self, prediction: Prediction, index: int = 0) -> str:
        """Return where the media host serves one result."""
        return f'{self._media_origin}/files/{prediction.ask.provider}/{self._media_name(prediction, index)}'

    def media_urls(self, prediction: Prediction) -> list[str]:
        return [self.media_url(prediction, index) for index in range(prediction.ask.count)]

    async def find_media(self, provider: str, name: str) -> tuple[Prediction, Path] | None:
        """Return the prediction and the file that the media host's `name` stands for, or None."""
        match = _MEDIA_NAME.fullmatch(name)
        prediction = await self.find(provider, match[1]) if match else None
        if match is None or prediction is None or int(match[2]) >= prediction.ask.count or prediction.failure:
            return None
        if self._media_name(prediction, int(match[2])) != name:
            return None
        return prediction, await self.media(prediction, int(match[2]))

    async def media(self, prediction: Prediction, index: int = 0) -> Path:
        """Return the file of one result, painted now if it is not there yet."""
        return await asyncio.shield(self._painted(prediction, index))

    async def media_bytes(self, prediction: Prediction, index: int = 0) -> bytes:
        """Return one result's bytes, for a wire that sends them inline."""
        return await asyncio.to_thread((await self.media(prediction, index)).read_bytes)

    # ------------------------------------------------------------------------------------------ within

    def _seconds(self, prediction: Prediction) -> float:
        return prediction.queue_seconds + prediction.run_seconds

    def _end(self, prediction: Prediction) -> Standing:
        if prediction.failure:
            return Standing(stage=Stage.FAILED)
        # The clock says done; the painter may still need a moment, or may belong to a process that is gone.
        if self._begin_painting(prediction):
            return Standing(stage=Stage.RUNNING, fraction=0.99)
        return Standing(stage=Stage.SUCCEEDED, fraction=1)

    def _media_name(self, prediction: Prediction, index: int) -> str:
        return f'{prediction.id}-{index}.{prediction.ask.format}'

    def _media_path(self, prediction: Prediction, index: int) -> Path:
        return self._media / f'{prediction.ask.provider}.{self._media_name(prediction, index)}'

    def _begin_painting(self, prediction: Prediction) -> bool:
        """Paint in the background what is not painted yet; return whether there is any."""
        if prediction.failure or prediction.ask.fault is Fault.STUCK:
            return False
        missing = [index for index in range(prediction.ask.count) if not self._media_path(prediction, index).exists()]
        for index in missing:
            self._painted(prediction, index)
        return bool(missing)

    def _painted(self, prediction: Prediction, index: int) -> asyncio.Task[Path]:
        """Return the one task that makes a result's file."""
        path = self._media_path(prediction, index)
        task = self._painting.get(path)
        if task is None:
            task = self._painting[path] = asyncio.create_task(self._paint(prediction.ask, index, path))
            task.add_done_callback(lambda _: self._painting.pop(path, None))
        return task

    async def _paint(self, ask: Ask, index: int, path: Path) -> Path:
        painter = self._painters[ask.task]
        await asyncio.get_running_loop().run_in_executor(painter, _paint_file, ask, index, path)
        return path

    def _prune(self) -> None:
        oldest = time.time() - KEPT_SECONDS
        for folder in (self._records, self._media):
            for entry in os.scandir(folder):
                # Another process may prune the same home at the same time.
                with contextlib.suppress(FileNotFoundError):
                    if entry.stat().st_mtime < oldest:
                        os.unlink(entry.path)

    def _write(self, prediction: Prediction) -> None:
        name = f'{prediction.ask.provider}.{prediction.id}.json'
        _write_whole(self._records / name, msgspec.json.encode(prediction))

    def _read(self, path: Path) -> Prediction | None:
        try:
            return msgspec.json.decode(path.read_bytes(), type=Prediction)
        except (FileNotFoundError, msgspec.MsgspecError):
            return None


def _paint_file(ask: Ask, index: int, path: Path) -> None:
    """Make the file of one result, unless this or another process has made it already."""
    if path.exists():
        return
    if ask.task is Task.TEXT_TO_VIDEO:
        media = paint.film(ask.prompt, ask.model, ask.seed, (ask.width, ask.height), frames=ask.frames, rate=ask.rate)
    elif ask.fault is Fault.FLAGGED:
        media = paint.black((ask.width, ask.height), ask.format)
    else:
        media = paint.picture(ask.prompt, ask.model, ask.seed + index, (ask.width, ask.height), ask.format)
    _write_whole(path, media)


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there in whole or not at all, whoever else writes it."""
    handle, temporary = tempfile.mkstemp(prefix='.', dir=path.parent)
    try:
        with os.fdopen(handle, 'wb') as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
