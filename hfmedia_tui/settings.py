"""The user's settings: one TOML file, all of it optional, read whole or refused with the place of the mistake.

What a command line or the environment says comes before what the file says.
"""

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from hfmedia_tui import private
from hfmedia_tui.domain import clean
from hfmedia_tui.errors import UsageError

__all__ = ['AtStart', 'Settings', 'read_settings']

_FIX: Final = 'Mend the file or move it away: without it everything is as usual.'


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file. A key that is not known is refused: it would be a wish that is not heard."""


class AtStart(StrEnum):
    """What becomes of jobs that an earlier session left waiting, when the interface starts."""

    ASK = 'ask'
    RUN = 'run'
    PAUSE = 'pause'


class Jobs(Section, frozen=True):
    total: Annotated[int, Meta(ge=1, le=256)] = 8
    """How many run at once."""
    per_provider: Annotated[int, Meta(ge=1, le=256)] = 4
    """How many of them at one provider."""
    at_start: AtStart = AtStart.ASK
    grace_seconds: Annotated[float, Meta(ge=0, le=60)] = 2.0
    """How long the interface waits before a job is sent, so that a slip can be taken back; 0 sends at once."""


class Output(Section, frozen=True):
    folder: str | None = None
    """Where results go when nothing else is said; None for the usual place."""


class Network(Section, frozen=True):
    proxy: str | None = None
    bill_to: str | None = None
    """The organisation that pays."""


class Interface(Section, frozen=True):
    graphics: str = 'auto'
    """How pictures are drawn; `auto` finds out what the terminal can do."""
    theme: str | None = None


class Settings(Section, frozen=True):
    """Everything that the file may say."""

    jobs: Jobs = Jobs()
    output: Output = Output()
    network: Network = Network()
    interface: Interface = Interface()
    keys: dict[str, str] = {}
    """The user's own keys at providers, by the provider's name."""

    def __repr__(self) -> str:
        return 'Settings()'  # a key or a proxy's password must not come into a log by it


def read_settings(file: Path) -> Settings:
    """Read the settings; all defaults where there is no file. Blocking.

    Raises UsageError, which names the file and the place in it, and never a value: it may be a secret.
    """
    try:
        with file.open('rb') as lines:
            told = tomllib.load(lines)
        private.restrict(file)  # it may hold keys
        private.restrict(file.parent)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise UsageError(f'{file} cannot be read: {error.strerror}.', _FIX) from None
    except UnicodeDecodeError:
        raise UsageError(f'{file} is not text in UTF-8.', _FIX) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f'{file} is not TOML: {clean(str(error), 200)}.', _FIX) from None
    try:
        return msgspec.convert(told, Settings)
    except msgspec.ValidationError as error:
        raise UsageError(f'{file}: {_said(error)}', _FIX) from None


def _said(error: msgspec.ValidationError) -> str:
    """What is wrong and where, from msgspec's words: "Expected `int`, got `str` - at `$.jobs.total`"."""
    what, _, where = clean(str(error), 300).partition(' - at `$')
    place = where.strip('.`')
    return f'{place}: {what}.' if place else f'{what}.'
