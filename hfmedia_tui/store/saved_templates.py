"""What was composed and given a name: one JSON file each, to be edited, copied and shared."""

import logging
import re
from pathlib import Path
from typing import Final

from hfmedia_tui import private
from hfmedia_tui.composition import Composition, SavedTemplate, read_composition
from hfmedia_tui.domain import clean
from hfmedia_tui.errors import StoreError, UsageError

__all__ = ['SavedTemplates']

log = logging.getLogger(__name__)

_NAME: Final = re.compile(r'[\w(][\w ().,+-]{0,59}')
_MOST_BYTES: Final = 1_000_000


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
                except (OSError, ValueError) as error:
                    log.warning('the template %s cannot be read: %s', file.stem, clean(str(error), 300))
        return tuple(found)

    def has(self, name: str) -> bool:
        return self._file(name).exists()

    def save(self, template: SavedTemplate) -> None:
        """Keep a template, in the place of one that has its name. Raises UsageError and StoreError."""
        text = template.composition.as_json(indent=2)
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
    """Read a template. Raises OSError and ValueError."""
    with file.open('rb') as source:
        text = source.read(_MOST_BYTES + 1)
    if len(text) > _MOST_BYTES:
        raise ValueError(f'it is larger than {_MOST_BYTES:,} bytes')
    return read_composition(text)
