"""Wildcards: files of the user's with one alternative a line."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from hfmedia_tui.domain import clean
from hfmedia_tui.errors import UsageError
from hfmedia_tui.templates import wildcard_names

__all__ = ['read_wildcards']

_MOST_BYTES: Final = 1_000_000
_LONGEST_LINE: Final = 2_000
"""Characters."""


def read_wildcards(folder: Path, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The lines of the wildcards `names`, and of those that stand in these lines, by their names. Blocking.

    `__place/sea__` is `place/sea.txt` in `folder`; empty lines and those that begin with # say nothing. Raises
    UsageError for a file that is not there or cannot be read.
    """
    found = dict[str, tuple[str, ...]]()
    wanted, seen = list(names), set[str]()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        file = folder / f'{name}.txt'
        try:
            if not file.is_file():
                raise UsageError(
                    f'There is no wildcard {name}.',
                    rf'It would be {file}, a line for each alternative. \__{name}__ means the words themselves.',
                )
            with file.open('rb') as source:
                text = source.read(_MOST_BYTES + 1)
        except OSError as error:
            raise UsageError(f'The wildcard {name} cannot be read: {error.strerror}.') from None
        if len(text) > _MOST_BYTES:
            raise UsageError(f'The wildcard {name} is larger than {_MOST_BYTES:,} bytes.')
        lines = (clean(line, _LONGEST_LINE) for line in text.decode('utf-8-sig', errors='replace').splitlines())
        found[name] = tuple(line for line in lines if line and not line.startswith('#'))
        wanted += frozenset[str]().union(*map(wildcard_names, found[name]))
    return found
