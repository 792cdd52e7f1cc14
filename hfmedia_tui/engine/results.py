"""The files of one job: where its results lie before they are home, and what they are called when they are.

Of a job that has not succeeded, the output folder holds nothing but a download under way. What has to wait, whole or
half, lies in the shelter, and so does, unopened, what is refused: all is paid for. A file under its own name is whole,
and is what its extension says.
"""

import errno
import itertools
import logging
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from hfmedia_tui import private
from hfmedia_tui.domain import FailureCode, Job, Media, MediaFacts, Output, clean
from hfmedia_tui.durable import copy, sync_folder
from hfmedia_tui.engine.naming import file_stem, home_stem
from hfmedia_tui.engine.writing import DownloadError, in_thread, open_partial, write_whole
from hfmedia_tui.errors import MediaError
from hfmedia_tui.metadata.made import Made
from hfmedia_tui.metadata.measured import Measured, measure
from hfmedia_tui.metadata.sidecar import SIDECAR, draft_path

__all__ = [
    'Checked',
    'Inscribe',
    'Inspect',
    'check',
    'clear_away',
    'find_home',
    'find_kept',
    'is_whole',
    'keep',
    'partial_path',
    'prepare',
    'put_away',
    'set_aside',
    'settle',
    'sheltered_path',
    'take_out',
]

log = logging.getLogger(__name__)

Inspect = Callable[[Path], MediaFacts]
"""Reads what a file is; raises MediaError. Blocking."""

Inscribe = Callable[[Path, Made], Measured]
"""Writes into a file and beside it how it was made, and tells what the file is from then on. Blocking.

Whatever it raises, the file is whole.
"""

_TEMPORARY: Final = 'hfmedia-'
"""How the names of folders of ours begin that are nobody's usual place."""


class Checked(NamedTuple):
    """A whole file on its way to its name."""

    path: Path
    facts: MediaFacts
    came: Measured
    """The bytes as they came."""


def partial_path(job: Job, ordinal: int) -> Path:
    """Where a download under way lies: beside its place, so that naming it is one step."""
    return Path(job.order.output) / f'.{file_stem(job, ordinal)}.part'


def sheltered_path(job: Job, ordinal: int, shelter: Path) -> Path:
    """Where what is whole waits."""
    return shelter / f'.{file_stem(job, ordinal)}.kept'


def _kept_paths(job: Job, ordinal: int, shelter: Path) -> tuple[Path, Path]:
    """Where what is whole waits: in the shelter, or where that fails beside its place."""
    path = sheltered_path(job, ordinal, shelter)
    return path, Path(job.order.output) / path.name


def _laid_by(job: Job, ordinal: int, shelter: Path) -> Path:
    """Where a download waits that broke off."""
    return shelter / partial_path(job, ordinal).name


# ---------------------------------------------------------------------------------------------- before and after


async def prepare(job: Job, *, shelter: Path) -> None:
    """Make sure that results can be written, before anything is paid for. Raises DownloadError.

    Nothing of an earlier attempt is taken for an answer: what `find_kept` finds from here on came for the submit that
    follows.
    """

    def try_out() -> None:
        os.close(open_partial(partial_path(job, 0)))
        partial_path(job, 0).unlink()
        for ordinal in itertools.count():
            places = (*_kept_paths(job, ordinal, shelter), _laid_by(job, ordinal, shelter))
            earlier = [path for path in places if path.exists()]
            for path in earlier:
                _put_away(path, shelter)
            if not earlier:
                break

    await in_thread(Path(job.order.output), try_out)


async def clear_away(job: Job, *, shelter: Path, keep: bool = False) -> None:
    """Delete the downloads of a job that has ended; with `keep`, lay by what has come, to be gone on with."""
    with suppress(DownloadError):
        await in_thread(Path(job.order.output), _clear_away, job, shelter, keep=keep)


def _clear_away(job: Job, shelter: Path, *, keep: bool = False) -> None:
    for ordinal in itertools.count():
        path, laid_by = partial_path(job, ordinal), _laid_by(job, ordinal, shelter)
        if keep:
            with suppress(OSError):
                if path.stat().st_size:
                    _move_private(path, laid_by)
        else:
            laid_by.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        draft_path(Path(job.order.output) / home_stem(job, ordinal)).unlink(missing_ok=True)
        if ordinal and not partial_path(job, ordinal + 1).exists():
            break


# ---------------------------------------------------------------------------------------------- what waits


async def keep(job: Job, media: tuple[Media, ...], *, shelter: Path) -> tuple[Media, ...]:
    """Write what came inside a reply to files, on disk when this returns. Raises DownloadError.

    So a progress that is saved holds names of files, not megabytes. It is the only copy: where neither the shelter nor
    the output folder takes it, the system's folder for temporary files does.
    """

    def write_somewhere(ordinal: int, data: bytes) -> Path:
        for path in _places(*_kept_paths(job, ordinal, shelter)):
            try:
                if path.parent == shelter:
                    private.make_folder(shelter)
                write_whole(path, data)
            except OSError as error:
                trouble = error
                with suppress(OSError):
                    path.unlink()
            else:
                return path
        raise trouble

    return tuple(
        [
            item
            if item.data is None
            else Media(
                file=str(await in_thread(shelter, write_somewhere, ordinal, item.data)), media_type=item.media_type
            )
            for ordinal, item in enumerate(media)
        ]
    )


def _places(*usual: Path) -> Iterator[Path]:
    yield from usual
    yield Path(tempfile.mkdtemp(prefix=_TEMPORARY)) / usual[0].name


async def find_kept(job: Job, *, inspect: Inspect, shelter: Path) -> tuple[Media, ...]:
    """What came inside a reply and was written by a process that died before it could say so. Raises DownloadError."""

    def find() -> tuple[Media, ...]:
        kept = []
        for ordinal in itertools.count():
            found = next((path for path in _kept_paths(job, ordinal, shelter) if path.exists()), None)
            if found is None:
                break
            try:
                inspect(found)
            except MediaError:
                _put_away(found, shelter)  # it died while writing
            else:
                kept.append(Media(file=str(found)))
        return tuple(kept)

    return await in_thread(shelter, find)


async def set_aside(job: Job, ordinal: int, checked: Checked, *, shelter: Path) -> Checked:
    """Let a whole file wait in the shelter until the others are whole as well. Raises DownloadError."""

    def move() -> Checked:
        kept, beside = _kept_paths(job, ordinal, shelter)
        if checked.path == kept:
            return checked
        try:
            _move_private(checked.path, kept)
        except OSError:
            os.replace(checked.path, kept := beside)
        return checked._replace(path=kept)

    return await in_thread(shelter, move)


async def take_out(job: Job, ordinal: int, *, shelter: Path) -> None:
    """Have a download that was laid by where it is gone on with; where that fails it begins anew."""
    laid_by, path = _laid_by(job, ordinal, shelter), partial_path(job, ordinal)

    def move() -> None:
        if laid_by.exists() and not path.exists():
            mode = _usual_mode(path)
            shutil.move(laid_by, path)
            with suppress(OSError):  # on a file system without rights
                path.chmod(mode)

    with suppress(DownloadError):
        await in_thread(path.parent, move)


async def put_away(job: Job, *, shelter: Path) -> tuple[tuple[Path, int], ...]:
    """Put all that has come of results that cannot be had any more into the shelter, whole or not.

    Returns where each lies, and its bytes. Raises DownloadError.
    """

    def move() -> Iterator[tuple[Path, int]]:
        for ordinal in itertools.count():
            waiting = (*_kept_paths(job, ordinal, shelter), _laid_by(job, ordinal, shelter))
            places = (partial_path(job, ordinal), *waiting)
            found = [path for path in places if path.exists()]
            if not found:
                return
            for path in found:
                if size := path.stat().st_size:
                    yield _put_away(path, shelter), size

    return await in_thread(shelter, lambda: tuple(move()))


# ---------------------------------------------------------------------------------------------- what comes home


async def check(job: Job, ordinal: int, path: Path, *, inspect: Inspect, shelter: Path) -> Checked:
    """Tell what a whole file is. Raises DownloadError; what is no picture or film lies in the shelter, which it names.

    A file that is not there was given its name already, by a process that died before it could say so.
    """

    def read() -> Checked:
        if not path.exists() and (home := _home(job, ordinal, inspect)) is not None:
            return home
        try:
            return _checked(path, inspect)
        except MediaError as error:
            refused = _put_away(path, shelter)
            told = error.message.replace(clean(path.name, 80), 'The result', 1)
            message = f'{told} What came is kept as {refused}.'
            raise DownloadError(FailureCode.BAD_MEDIA, message, error.hint) from None

    return await in_thread(path.parent, read)


def _checked(path: Path, inspect: Inspect) -> Checked:
    with path.open('rb') as file:
        os.fsync(file.fileno())
    came = measure(path)
    return Checked(path, inspect(path), came)


async def find_home(job: Job, ordinal: int, *, inspect: Inspect) -> Checked | None:
    """A result that was given its name already, by a process that died before it could say so."""

    def look() -> Checked | None:
        return None if partial_path(job, ordinal).exists() else _home(job, ordinal, inspect)

    return await in_thread(Path(job.order.output), look)


async def is_whole(path: Path, *, inspect: Inspect) -> bool:
    """Whether all of a result lies at `path`."""
    return await in_thread(path.parent, _is_whole, path, inspect)


def _is_whole(path: Path, inspect: Inspect) -> bool:
    try:
        inspect(path)
    except MediaError:
        return False
    return True


def _home(job: Job, ordinal: int, inspect: Inspect) -> Checked | None:
    """The file that has the name of a result, if there is any; what lies beside one is none."""
    for path in Path(job.order.output).glob(f'{home_stem(job, ordinal)}.*'):
        if path.suffix != SIDECAR:
            with suppress(MediaError):
                return _checked(path, inspect)
    return None


async def settle(
    job: Job, files: list[Checked], *, shelter: Path, inscribe: Callable[[Path, Checked, int], Measured]
) -> tuple[Output, ...]:
    """Give every file its name, or none; then write into each how it was made, and clear away. Raises DownloadError.

    From here on every file is at home: what `inscribe` cannot write is logged, and is not missed by anyone else.
    """
    folder = Path(job.order.output)

    def name_all() -> tuple[Output, ...]:
        folder.mkdir(parents=True, exist_ok=True)
        named = list[tuple[Path, Path]]()
        try:
            for ordinal, file in enumerate(files):
                home = folder / (home_stem(job, ordinal) + file.facts.extension)
                _move_home(file.path, home, partial_path(job, ordinal))
                named.append((file.path, home))
        except OSError:
            for path, home in named:
                shutil.move(home, path)
                private.restrict(path)
            raise
        outputs = tuple(
            _inscribed(home, file, partial(inscribe, home, file, ordinal))
            for ordinal, (file, (_, home)) in enumerate(zip(files, named, strict=True))
        )
        with suppress(OSError):
            _clear_away(job, shelter)
        sync_folder(folder)
        return outputs

    return await in_thread(folder, name_all)


def _inscribed(home: Path, file: Checked, inscribe: Callable[[], Measured]) -> Output:
    """Write into a file how it was made, and tell what it is from then on."""
    try:
        now = inscribe()
    except Exception:
        log.warning('%s does not tell how it was made', home.name, exc_info=True)
        now = measure(home)
    return Output(
        path=str(home),
        media_type=file.facts.media_type,
        width=file.facts.width,
        height=file.facts.height,
        duration=file.facts.duration,
        size=now.size,
        sha256=now.sha256,
    )


def _move_home(path: Path, home: Path, partial: Path) -> None:
    """Name a file in one step, with the mode of any file of the user's; through `partial` from another file system."""
    if path == home:
        return
    if path == partial:
        os.replace(path, home)
        return
    mode = _usual_mode(partial)
    try:
        os.replace(path, home)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(path, partial)
        os.replace(partial, home)
        path.unlink(missing_ok=True)
    else:
        with suppress(OSError):  # on a file system without rights
            home.chmod(mode)
    if path.parent.name.startswith(_TEMPORARY):
        path.parent.rmdir()


def _usual_mode(path: Path) -> int:
    """The mode of any file of the user's, as one has it that is made at `path` for a moment."""
    file = open_partial(path)
    try:
        return stat.S_IMODE(os.fstat(file).st_mode)
    finally:
        os.close(file)
        path.unlink(missing_ok=True)


def _copy(path: Path, target: Path) -> None:
    """Have a copy on the disk, or none."""
    try:
        copy(path, open_partial(target))
    except OSError:
        target.unlink(missing_ok=True)
        raise


def _put_away(path: Path, folder: Path) -> Path:
    """Put what is refused into a folder of ours, for the user's eyes alone, beside what was refused before."""
    name = path.name.lstrip('.').removesuffix('.part').removesuffix('.kept')
    names = itertools.chain([name], (f'{name}.{number}' for number in itertools.count(2)))
    refused = next(place for place in map(folder.joinpath, names) if not place.exists())
    _move_private(path, refused)
    return refused


def _move_private(path: Path, target: Path) -> None:
    """Move a file into the shelter."""
    private.make_folder(target.parent)
    private.restrict(path)
    try:
        shutil.move(path, target)
    except OSError:
        if path.exists():
            target.unlink(missing_ok=True)  # half a copy on a full disk
        raise
