"""The settings as they are declared, one by one, for whoever shows or changes them."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import EnumMeta
from typing import Any, Final, get_args, get_origin
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from hfmedia_tui.engine.naming import check_name
from hfmedia_tui.errors import UsageError
from hfmedia_tui.settings import Section, Settings

__all__ = ['Setting', 'declared_settings']


def _check_proxy(url: str) -> None:
    """Raise UsageError for what cannot be the URL of a proxy; it is not told again, as it may hold a password."""
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in ('http', 'https') and parts.hostname and parts.port != 0:
            return
    raise UsageError('That is no URL of a proxy.', 'Write it as http://host:port.')


_CHECKS: Final[Mapping[str, Callable[[str], None]]] = {'output.name': check_name, 'network.proxy': _check_proxy}
"""What a text for a setting has to be besides its type, by its id."""
_SWITCH: Final = {True: 'on', False: 'off'}


@dataclass(frozen=True)
class Setting:
    """One setting of a section."""

    section: str
    name: str
    usual: Any
    """Its value where the file says nothing."""
    declared_as: Any
    """Its type, as declared."""

    @property
    def id(self) -> str:
        return f'{self.section}.{self.name}'

    @property
    def _meta(self) -> Meta:
        metas = (part for part in get_args(self.declared_as) if isinstance(part, Meta))
        return next(metas, Meta())

    @property
    def title(self) -> str:
        return self._meta.title or self.name.replace('_', ' ').capitalize()

    @property
    def description(self) -> str:
        """What it means, in a sentence or two."""
        return self._meta.description or ''

    @property
    def secret(self) -> bool:
        """Whether its value must not be shown."""
        return bool((self._meta.extra or {}).get('secret'))

    @property
    def at_start(self) -> bool:
        """Whether a change is only heard at the next start."""
        return bool((self._meta.extra or {}).get('at_start'))

    @property
    def notes(self) -> Mapping[str, str]:
        """What its choices mean, those that do not say so themselves."""
        notes: Mapping[str, str] = (self._meta.extra or {}).get('choices', {})
        return notes

    @property
    def zero(self) -> str:
        """What 0 means, where that is not the number; else empty."""
        return str((self._meta.extra or {}).get('zero', ''))

    @property
    def choices(self) -> tuple[str, ...]:
        """All that it may be, where that is a few words."""
        kind = get_args(self.declared_as)[0] if get_origin(self.declared_as) is not None else self.declared_as
        if kind is bool:
            return tuple(_SWITCH.values())
        return tuple(kind) if isinstance(kind, EnumMeta) else ()

    def value(self, settings: Settings) -> Any:
        """What `settings` say of it."""
        return getattr(getattr(settings, self.section), self.name)

    def told(self, value: Any) -> str:
        """A value as text that `read` takes; empty for none."""
        if value is None:
            return ''
        if isinstance(value, bool):
            return _SWITCH[value]
        return f'{value:g}' if isinstance(value, float) else str(value)

    def read(self, text: str) -> Any:
        """The value that a text stands for. Raises UsageError where it stands for none."""
        text = text.strip()
        if not text and self.usual is None:
            return None
        if isinstance(self.usual, bool) and text in _SWITCH.values():
            return text == _SWITCH[True]
        if check := _CHECKS.get(self.id):
            check(text)
        try:
            return msgspec.convert(text, self.declared_as, strict=False)
        except msgspec.ValidationError:
            raise UsageError(self._wanted) from None

    @property
    def _wanted(self) -> str:
        """What a text for it has to be, in a sentence."""
        if self.choices:
            return f'Write one of {", ".join(self.choices)}.'
        number = 'whole number' if isinstance(self.usual, int) else 'number'
        return f'Write a {number} from {self._meta.ge:,} to {self._meta.le:,}.'


def declared_settings() -> tuple[Setting, ...]:
    """Every setting that has a name of its own, in the order of their declaration."""
    return tuple(
        Setting(section.name, field.name, field.default, field.type)
        for section in msgspec.structs.fields(Settings)
        if isinstance(section.type, type) and issubclass(section.type, Section)
        for field in msgspec.structs.fields(section.type)
    )
