"""What was composed and given a name: one JSON file each, to be edited, copied and shared."""

import json
import logging
import re
from pathlib import Path
from typing import Any, Final

import msgspec

from hfmedia_tui import private
from hfmedia_tui.composition import Composition, SavedTemplate
from hfmedia_tui.domain import clean, harmless
from hfmedia_tui.errors import StoreError, UsageError

__all__ = ['SavedTemplates']

log = logging.getLogger(__name__)

_NAME: Final = re.compile(r'[\w(][\w ().,+-]{0,59}')
_MOST_BYTES: Final = 1_000_000
_UNREADABLE: Final = (OSError, ValueError, TypeError, RecursionError)
"""What reading a file raises that is none of ours any more, msgspec's errors among them."""


class SavedTemplates:
    """The templates in one folder. Every method blocks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> tuple[SavedTemplate, ...]:
        """Every template that can be read, by its name; of the others the log is told."""
        found = []
        for file in sorted(self._folder.glob('*.json'), key=lambda file: file.stem.casefold()):
            if _NAME.fullmatch(file.stem) and file.is_file():
                try:
                    found.append(SavedTemplate(file.stem, _read(file)))
                except _UNREADABLE as error:
                    log.warning('the template %s cannot be read: %s', file.stem, clean(str(error), 300))
        return tuple(found)

    def has(self, name: str) -> bool:
        return self._file(name).exists()

    def save(self, template: SavedTemplate) -> None:
        """Keep a template, in the place of one that has its name. Raises UsageError and StoreError."""
        # The standard library's JSON, because extra JSON may hold integers beyond 64 bits.
        text = json.dumps(msgspec.to_builtins(template.composition), ensure_ascii=False, indent=2)
        try:
            private.write_whole(self._file(template.name), f'{text}\n'.encode())
        except OSError as error:
            raise StoreError(f'The template cannot be kept: {error.strerror}.') from error

    def delete(self, name: str) -> None:
        """Delete a template, if it is there. Raises UsageError and StoreError."""
        try:
            self._file(name).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f'The template cannot be deleted: {error.strerror}.') from error

    def _file(self, name: str) -> Path:
        if not _NAME.fullmatch(name) or name != name.strip():
            raise UsageError('That is no name for a template.', 'Letters, digits, spaces and ( ) . , + - _ make one.')
        return self._folder / f'{name}.json'


def _read(file: Path) -> Composition:
    """Read a template, and make what is shown of it harmless. Raises one of _UNREADABLE."""
    with file.open('rb') as source:
        text = source.read(_MOST_BYTES + 1)
    if len(text) > _MOST_BYTES:
        raise ValueError(f'it is larger than {_MOST_BYTES:,} bytes')
    composition = msgspec.convert(_harmless(json.loads(text)), Composition)
    if not composition.models:
        raise ValueError('it names no model')
    if not all(isinstance(value, str | int | float) for value in composition.entries.parameters.values()):
        raise ValueError('a parameter is neither text nor a number')
    return composition


def _harmless(value: Any) -> Any:
    match value:
        case str():
            return harmless(value)
        case dict():
            return {harmless(name): _harmless(one) for name, one in value.items()}
        case list():
            return [_harmless(one) for one in value]
        case _:
            return value
