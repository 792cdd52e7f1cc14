"""Changing the settings in their file, which stays the user's own: comments, order and all that is not changed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import RLock
from typing import Any, Final

from hfmedia_tui import private
from hfmedia_tui.errors import UsageError
from hfmedia_tui.settings import Settings, as_settings, as_tables, read_text

__all__ = ['SettingsFile']

_MISSING: Final = object()


class SettingsFile:
    """The file, and what it said when it was last looked at."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.settings = Settings()
        """What it said last; all as usual before it was read."""
        self._told: Mapping[str, Any] = {}
        self._turn = RLock()
        """Held by the thread that is at the file: what was read before a change must not be taken on after it."""

    def read(self) -> Settings:
        """Look at it. Blocking. Raises UsageError, and keeps what it said before."""
        with self._turn:
            told = as_tables(read_text(self.path), self.path)
            self.settings, self._told = as_settings(told, self.path), told
            return self.settings

    def change(self, section: str, name: str, value: Any) -> Settings:
        """Have the file say `value` from now on, or with None nothing; dots part a table's names. Blocking.

        Whatever else was changed in it meanwhile stays. Raises UsageError, with the file as it was: where it cannot be
        read or written, where the value is not allowed, and where somebody else has changed this very setting; what
        they wrote is taken on.
        """
        with self._turn:
            text = read_text(self.path)
            told = as_tables(text, self.path)
            before = _entry(told, section, name)
            if before != _entry(self._told, section, name):
                self.read()
                raise UsageError(
                    f'{section}.{name} was changed in the file meanwhile.', 'What is shown now is what stands there.'
                )
            wanted = _with_entry(told, [*section.split('.'), name], value)
            settings = as_settings(wanted, self.path)
            if before != (_MISSING if value is None else value):
                self._write(_changed(text, section, name, value), wanted)
            self.settings, self._told = settings, wanted
            return settings

    def _write(self, text: str, wanted: Mapping[str, Any]) -> None:
        if _without_empty(as_tables(text, self.path)) != _without_empty(wanted):
            raise UsageError(f'{self.path} is written in a way that cannot be changed from here.', 'Edit the file.')
        try:
            private.write_whole(
                self.path.resolve(), text.encode()
            )  # a link to where somebody keeps such files stays one
        except OSError as error:
            raise UsageError(f'{self.path} cannot be written: {error.strerror}.') from None


def _entry(told: Mapping[str, Any], section: str, name: str) -> Any:
    table: Any = told
    for part in section.split('.'):
        table = table.get(part) if isinstance(table, Mapping) else None
    return table.get(name, _MISSING) if isinstance(table, Mapping) else _MISSING


def _with_entry(told: Mapping[str, Any], place: Sequence[str], value: Any) -> dict[str, Any]:
    name, *rest = place
    if rest:
        return {**told, name: _with_entry(told.get(name, {}), rest, value)}
    return {**told, name: value} if value is not None else {key: told[key] for key in told if key != name}


def _without_empty(told: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: _without_empty(value) if isinstance(value, Mapping) else value for name, value in told.items()}
    return {name: value for name, value in kept.items() if value != {}}


def _changed(text: str, section: str, name: str, value: Any) -> str:
    import tomlkit  # 30 ms, and only where something is changed

    document = tomlkit.parse(text)
    table: Any = document
    for part in section.split('.'):
        if part not in table:
            table[part] = tomlkit.table()
        table = table[part]
    if value is None:
        comment = tomlkit.comment(words) if (words := table[name].trivia.comment.lstrip('# ')) else None
        del table[name]
        if comment is not None:
            table.add(comment)
    else:
        table[name] = value
    return tomlkit.dumps(document)
