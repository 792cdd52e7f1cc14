"""The user's settings: one TOML file, all of it optional, read whole or refused with the place of the mistake.

What a command line or the environment says comes before what the file says.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from hfmedia_tui import private
from hfmedia_tui.domain import clean
from hfmedia_tui.errors import UsageError
from hfmedia_tui.media.notices import Protocol, Switch

__all__ = ['AtStart', 'Notifications', 'Settings', 'Spend', 'as_settings', 'as_tables', 'read_settings', 'read_text']

_FIX: Final = 'Mend the file or move it away: without it everything is as usual.'


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file. A key that is not known is refused: it would be a wish that is not heard."""


class AtStart(StrEnum):
    """What becomes of jobs that an earlier session left waiting, when the interface starts."""

    ASK = 'ask'
    RUN = 'run'
    PAUSE = 'pause'


class Jobs(Section, frozen=True):
    total: Annotated[int, Meta(ge=1, le=256, title='Jobs at once', description='How many run at once.')] = 8
    per_provider: Annotated[
        int, Meta(ge=1, le=256, title='Of them at one provider', description='How many of them run at one provider.')
    ] = 4
    at_start: Annotated[
        AtStart,
        Meta(
            title='Left waiting',
            description='What becomes at the start of jobs that an earlier session left waiting.',
            extra={
                'choices': {
                    'ask': 'a question at the start',
                    'run': 'they are sent as they stood in line',
                    'pause': 'they stay until you take them up',
                }
            },
        ),
    ] = AtStart.ASK
    grace_seconds: Annotated[
        float,
        Meta(
            ge=0,
            le=60,
            title='Seconds to take back',
            description='How long a job waits before it is sent, so that a slip can be taken back; 0 sends at once.',
        ),
    ] = 2.0
    confirm_above: Annotated[
        int,
        Meta(
            ge=0,
            le=1000,
            title='Ask above',
            description='More requests than this at once are sent only when you have said yes.',
        ),
    ] = 8


class Spend(Section, frozen=True):
    per_run: Annotated[
        int,
        Meta(
            ge=0,
            le=1_000_000,
            title='Requests at once',
            description='More paid requests than this are not sent at once, unless you say so; 0 for no ceiling.',
            extra={'zero': 'no ceiling'},
        ),
    ] = 0
    per_day: Annotated[
        int,
        Meta(
            ge=0,
            le=1_000_000,
            title='Requests a day',
            description='More paid requests than this are not sent from midnight on, unless you say so; 0 for none.',
            extra={'zero': 'no ceiling'},
        ),
    ] = 0


class Output(Section, frozen=True):
    folder: Annotated[
        str | None,
        Meta(
            title='Folder for results', description='Where results go when nothing else is said; empty for the usual.'
        ),
    ] = None
    name: Annotated[
        str | None,
        Meta(
            title='Name of results',
            description='What files are called, such as {date}-{model}-{seed}; the id of the job always stands in it.',
        ),
    ] = None
    embed: Annotated[
        bool,
        Meta(
            title='Recipe in each file', description='Whether a file carries how it was made, for any program to read.'
        ),
    ] = True
    sidecar: Annotated[
        bool,
        Meta(
            title='Recipe beside each file',
            description="Whether that is written beside it too, as JSON, with the provider's own words.",
        ),
    ] = True
    prompts: Annotated[
        bool, Meta(title='Prompt in the recipe', description='Whether either tells the prompt, and not only the rest.')
    ] = True


class Network(Section, frozen=True):
    proxy: Annotated[
        str | None,
        Meta(
            title='Proxy',
            description='The URL of the proxy that every request goes through.',
            extra={'secret': True, 'at_start': True},
        ),
    ] = None
    bill_to: Annotated[
        str | None, Meta(title='Organisation to bill', description='The organisation that pays, as its page is named.')
    ] = None


class Hooks(Section, frozen=True):
    finished: Annotated[
        str | None,
        Meta(
            title='Command at the end',
            description='Run when a job has ended, with the job as JSON on its standard input.',
        ),
    ] = None


class Interface(Section, frozen=True):
    graphics: Annotated[
        str,
        Meta(
            title='Pictures',
            description='How pictures are drawn. For half-cells and none the terminal is asked nothing: a notification'
            ' on auto then goes by what the environment tells of it.',
            extra={
                'at_start': True,
                'choices': {
                    'auto': 'as well as the terminal can',
                    'kitty': "Kitty's protocol",
                    'sixel': 'Sixel',
                    'half-cells': 'two pixels a cell, in any terminal',
                    'textual-image': 'by the package of that name',
                    'none': 'in words',
                },
            },
        ),
    ] = 'auto'
    linear: Annotated[
        bool,
        Meta(
            title='Line by line',
            description='Ask and tell line by line in place of this interface, for a screen reader, as --linear does.',
            extra={'at_start': True},
        ),
    ] = False
    theme: Annotated[
        str | None, Meta(title='Theme', description='The colours; by default those that fit the terminal.')
    ] = None


class Notifications(Section, frozen=True):
    after_seconds: Annotated[
        float,
        Meta(
            ge=0,
            le=86400,
            title='Tell after seconds',
            description='The end of longer work is told always, of shorter when the window is not looked at.',
        ),
    ] = 60.0
    bell: Annotated[bool, Meta(title='Bell', description='Ring the terminal at the end of work.')] = True
    desktop: Annotated[
        Protocol,
        Meta(
            title='Notification',
            description='Show the end of work outside of the window; auto does where the terminal is known to take it.',
            extra={
                'choices': {
                    'auto': 'as the terminal is known to take it',
                    'off': 'never',
                    'osc9': 'as iTerm2 does',
                    'osc777': 'as foot, ghostty and WezTerm do',
                    'osc99': 'as kitty does',
                }
            },
        ),
    ] = Protocol.AUTO
    title: Annotated[bool, Meta(title='Window title', description='Tell in the title of the window what runs.')] = True
    progress: Annotated[
        Switch,
        Meta(
            title='Taskbar progress',
            description='Show how far all is in the taskbar or the tab; auto does where the terminal is known to.',
            extra={'choices': {'auto': 'where the terminal is known to', 'on': 'always', 'off': 'never'}},
        ),
    ] = Switch.AUTO


class Settings(Section, frozen=True):
    """Everything that the file may say.

    A setting's Meta names and explains it to people, says in `extra` whether it is a `secret` and whether it is only
    heard `at_start`, and explains its `choices`.
    """

    jobs: Jobs = Jobs()
    spend: Spend = Spend()
    output: Output = Output()
    network: Network = Network()
    hooks: Hooks = Hooks()
    interface: Interface = Interface()
    notifications: Notifications = Notifications()
    keys: dict[str, str] = {}
    """The user's own keys at providers, by the provider's name."""
    views: dict[str, dict[str, str]] = {}
    """Filters that are kept: by the name of the place, and there by the number key."""
    bindings: dict[str, str] = {}
    """Keys of the keyboard that do something else than usual: by the id of the binding, commas between several."""

    def __repr__(self) -> str:
        return 'Settings()'  # a key or a proxy's password must not come into a log by it


def read_settings(file: Path) -> Settings:
    """Read the settings; all defaults where there is no file. Blocking.

    Raises UsageError, which names the file and the place in it, and never a value: it may be a secret.
    """
    return as_settings(as_tables(read_text(file), file), file)


def read_text(file: Path) -> str:
    """Read the file as it is written, which is only its user's from then on; empty where there is none. Blocking.

    Raises UsageError.
    """
    try:
        text = file.read_bytes().decode()
    except FileNotFoundError:
        return ''
    except OSError as error:
        raise UsageError(f'{file} cannot be read: {error.strerror}.', _FIX) from None
    except UnicodeDecodeError:
        raise UsageError(f'{file} is not text in UTF-8.', _FIX) from None
    private.restrict(file)  # it may hold keys
    private.restrict(file.parent)
    return text


def as_tables(text: str, file: Path) -> Mapping[str, Any]:
    """The tables that the TOML of `file` tells. Raises UsageError."""
    if not text:
        return {}
    import tomllib  # 2 ms, and most people have no such file

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f'{file} is not TOML: {clean(str(error), 200)}.', _FIX) from None


def as_settings(told: Mapping[str, Any], file: Path) -> Settings:
    """The settings that `file` tells. Raises UsageError with the place of what is wrong."""
    try:
        return msgspec.convert(told, Settings)
    except msgspec.ValidationError as error:
        raise UsageError(f'{file}: {_said(error)}', _FIX) from None


def _said(error: msgspec.ValidationError) -> str:
    """What is wrong and where, from msgspec's words: "Expected `int`, got `str` - at `$.jobs.total`"."""
    what, _, where = clean(str(error), 300).partition(' - at `$')
    place = where.strip('.`')
    return f'{place}: {what}.' if place else f'{what}.'
