"""Brings media home: streamed to a partial file beside its place, checked, then renamed.

A file under its own name is whole and is what its extension says. What is refused, and what finds no place, goes to a
shelter of ours unopened, because it was paid for.
"""

import asyncio
import hashlib
import itertools
import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from hfmedia_tui import private
from hfmedia_tui.domain import FailureCode, Job, Media, MediaFacts, Output
from hfmedia_tui.engine.transport import Lost, RefusedLink, Transport, Unreached
from hfmedia_tui.engine.whole import whole
from hfmedia_tui.errors import MediaError

__all__ = ['DownloadError', 'Inspect', 'bring_home', 'find_kept', 'keep', 'prepare']

Parameters = ParamSpec('Parameters')
Result = TypeVar('Result')

Inspect = Callable[[Path], MediaFacts]
"""Reads what a file is; raises MediaError. Blocking."""

_LARGEST_FILE: Final = 2**30
"""Bytes."""


class DownloadError(Exception):
    """Media did not come home."""

    def __init__(self, code: FailureCode, message: str, *, status: int | None = None, again: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        """The HTTP status that the media host answered."""
        self.again = again
        """Whether the same link may be asked again."""


def file_stem(job: Job, ordinal: int) -> str:
    """The name of a result without its extension: the prompt in plain letters, then the job's id."""
    words = re.findall(r'[a-z0-9]+', job.order.prompt.lower())
    slug = '-'.join(words)[:48].strip('-') or job.order.task
    return f'{slug}-{job.id}' + (f'-{ordinal + 1}' if ordinal else '')


def partial_path(job: Job, ordinal: int) -> Path:
    return Path(job.order.output) / f'.{file_stem(job, ordinal)}.part'


async def prepare(job: Job) -> None:
    """Make sure that results can be written, before anything is paid for. Raises DownloadError.

    Nothing of an earlier attempt is left: what `find_kept` finds from here on came for the submit that follows.
    """
    await _in_thread(_try_out, partial_path(job, 0))


async def keep(job: Job, media: tuple[Media, ...], *, shelter: Path) -> tuple[Media, ...]:
    """Write what came inside a reply to partial files, on disk when this returns. Raises DownloadError.

    So a progress that is saved holds names of files, not megabytes. Where the output folder fails, they go to the
    folder `shelter`.
    """
    kept = []
    for ordinal, item in enumerate(media):
        if item.data is None:
            kept.append(item)
            continue
        path = partial_path(job, ordinal)
        try:
            await _in_thread(_write_whole, path, item.data)
        except DownloadError:
            path = shelter / path.name
            await _in_thread(private.make_folder, shelter)
            await _in_thread(_write_whole, path, item.data, 0o600)
        kept.append(Media(file=str(path), media_type=item.media_type))
    return tuple(kept)


async def find_kept(job: Job, *, inspect: Inspect, shelter: Path) -> tuple[Media, ...]:
    """What came inside a reply and was written by a process that died before it could say so. Raises DownloadError."""
    return await _in_thread(_find_kept, job, inspect, shelter)


async def bring_home(
    job: Job,
    ordinal: int,
    media: Media,
    *,
    transport: Transport,
    inspect: Inspect,
    shelter: Path,
    report: Callable[[int, int | None], None],
) -> Output:
    """Fetch one item, check it, and give it its name. Raises DownloadError.

    What cannot be read as a picture or film goes to the folder `shelter`, and the error names it. `report` is told
    the bytes that have arrived, and how many there will be where that is known.
    """
    path = Path(media.file) if media.file is not None else partial_path(job, ordinal)
    try:
        if media.url is not None:
            await _fetch(media.url, path, transport, report)
        return await _in_thread(_settle, path, job, ordinal, inspect, shelter)
    except BaseException:
        # Also of a job that was cancelled. What has a link is fetched anew, if at all; the rest is all that there is.
        if media.url is not None:
            with suppress(DownloadError):
                await _in_thread(partial_path(job, ordinal).unlink, missing_ok=True)
        raise


async def _fetch(url: str, path: Path, transport: Transport, report: Callable[[int, int | None], None]) -> None:
    arrived = 0
    try:
        async with transport.open_media(url) as (reply, pieces):
            if reply.status != 200:
                raise DownloadError(
                    FailureCode.EXPIRED if reply.status in (403, 404, 410) else FailureCode.NETWORK,
                    f'The media host answered {reply.status}.',
                    status=reply.status,
                    again=reply.status in (408, 425, 429) or reply.status >= 500,
                )
            # With a content encoding the length counts other bytes than those that we see.
            plain = reply.headers.get('content-encoding', 'identity') == 'identity'
            told = reply.headers.get('content-length', '')
            expected = int(told) if plain and told.isascii() and told.isdigit() else None
            if expected is not None and expected > _LARGEST_FILE:
                raise DownloadError(FailureCode.BAD_MEDIA, f'The result is larger than {_LARGEST_FILE // 2**20} MiB.')
            file = await _in_thread(_open_new, path)
            try:
                async for piece in pieces:
                    arrived += len(piece)
                    if arrived > _LARGEST_FILE:
                        raise DownloadError(
                            FailureCode.BAD_MEDIA, f'The result is larger than {_LARGEST_FILE // 2**20} MiB.'
                        )
                    await _in_thread(_write_piece, file, piece)
                    report(arrived, expected)
            finally:
                await _in_thread(os.close, file)
    except RefusedLink as error:
        raise DownloadError(FailureCode.BAD_REPLY, f'The result was not fetched: {error}.') from None
    except (Unreached, Lost) as error:
        raise DownloadError(FailureCode.NETWORK, f'The result could not be fetched: {error}.', again=True) from None
    if expected is not None and arrived != expected:
        raise DownloadError(
            FailureCode.BAD_MEDIA, f'The result was cut short: {arrived} of {expected} bytes arrived.', again=True
        )


def _open_new(path: Path, mode: int = 0o666) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, 'O_NOFOLLOW', 0), mode)


def _try_out(path: Path) -> None:
    os.close(_open_new(path))
    path.unlink()


def _write_piece(file: int, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(file, view) :]


def _write_whole(path: Path, data: bytes, mode: int = 0o666) -> None:
    file = _open_new(path, mode)
    try:
        _write_piece(file, data)
        os.fsync(file)
    finally:
        os.close(file)


def _find_kept(job: Job, inspect: Inspect, shelter: Path) -> tuple[Media, ...]:
    kept = []
    for ordinal in itertools.count():
        path = partial_path(job, ordinal)
        found = next((place for place in (path, shelter / path.name) if place.exists()), None)
        if found is None:
            break
        try:
            inspect(found)
        except MediaError:
            _put_away(found, shelter)  # it died while writing
        else:
            kept.append(Media(file=str(found)))
    return tuple(kept)


def _settle(path: Path, job: Job, ordinal: int, inspect: Inspect, shelter: Path) -> Output:
    """Check a partial file and rename it. Blocking."""
    if not path.exists():
        # Renamed already, by a process that died before it could say so.
        path = next(iter(Path(job.order.output).glob(f'{file_stem(job, ordinal)}.*')), path)
    with path.open('rb') as file:
        digest = hashlib.file_digest(file, 'sha256').hexdigest()
        size = file.seek(0, os.SEEK_END)
        os.fsync(file.fileno())
    try:
        facts = inspect(path)
    except MediaError as error:
        refused = _put_away(path, shelter)
        raise DownloadError(FailureCode.BAD_MEDIA, f'{error.message} What came is kept as {refused}.') from None
    home = Path(job.order.output) / (file_stem(job, ordinal) + facts.extension)
    home.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(path, home)
    return Output(
        path=str(home),
        media_type=facts.media_type,
        width=facts.width,
        height=facts.height,
        duration=facts.duration,
        size=size,
        sha256=digest,
    )


def _put_away(path: Path, folder: Path) -> Path:
    private.make_folder(folder)
    refused = folder / path.name.lstrip('.').removesuffix('.part')
    shutil.move(path, refused)
    refused.chmod(0o600)
    return refused


async def _in_thread(
    call: Callable[Parameters, Result], *values: Parameters.args, **named: Parameters.kwargs
) -> Result:
    """Call in a thread. A cancel waits for it: nobody closes or deletes a file while it is being written."""
    try:
        return await whole(asyncio.to_thread(call, *values, **named))
    except OSError as error:
        raise DownloadError(
            FailureCode.STORAGE, f'The result could not be written: {error.strerror or error}.'
        ) from error
