"""The settings as they are declared, one by one, for whoever shows or changes them."""

from dataclasses import dataclass
from enum import EnumMeta
from typing import Any, Final, get_args, get_origin

import msgspec
from msgspec import Meta

from hfmedia_tui.domain import clean
from hfmedia_tui.errors import UsageError
from hfmedia_tui.settings import Section, Settings

__all__ = ['Setting', 'declared_settings']

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
        try:
            return msgspec.convert(text, self.declared_as, strict=False)
        except msgspec.ValidationError as error:
            raise UsageError(f'{clean(str(error), 200)}.') from None


def declared_settings() -> tuple[Setting, ...]:
    """Every setting that has a name of its own, in the order of their declaration."""
    return tuple(
        Setting(section.name, field.name, field.default, field.type)
        for section in msgspec.structs.fields(Settings)
        if isinstance(section.type, type) and issubclass(section.type, Section)
        for field in msgspec.structs.fields(section.type)
    )
