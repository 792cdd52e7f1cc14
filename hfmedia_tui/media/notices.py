"""What a terminal can be told beside its screen: that work has ended, how far it is, and what its window is called.

| Told | By |
|---|---|
| notification | OSC 9, https://iterm2.com/documentation-escape-codes.html |
| notification | OSC 777, https://codeberg.org/dnkl/foot/src/branch/master/doc/foot-ctlseqs.7.scd |
| notification | OSC 99, https://sw.kovidgoyal.net/kitty/desktop-notifications/ |
| progress | OSC 9;4, https://conemu.github.io/en/AnsiEscapeCodes.html#ConEmu_specific_OSC |
| title | OSC 2 and its stack, https://invisible-island.net/xterm/ctlseqs/ctlseqs.html |
"""

import os
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from hfmedia_tui.domain import clean
from hfmedia_tui.media.terminal import Terminal
from hfmedia_tui.media.tmux import through_tmux

__all__ = ['KEEP_TITLE', 'RESTORE_TITLE', 'Notices', 'Protocol', 'Switch', 'title']

KEEP_TITLE: Final = '\x1b[22;2t'
RESTORE_TITLE: Final = '\x1b[23;2t'
_END: Final = '\x1b\\'
_MOST: Final = 200
"""Characters of a notification or a title."""


class Protocol(StrEnum):
    """How a notification is told."""

    AUTO = 'auto'
    """As the terminal is known to take it."""
    OFF = 'off'
    OSC_9 = 'osc9'
    OSC_777 = 'osc777'
    OSC_99 = 'osc99'


class Switch(StrEnum):
    AUTO = 'auto'
    """Where the terminal is known to take it."""
    ON = 'on'
    OFF = 'off'


_PROTOCOLS: Final = {
    'kitty': Protocol.OSC_99,
    'ghostty': Protocol.OSC_777,
    'foot': Protocol.OSC_777,
    'wezterm': Protocol.OSC_777,
    'rxvt': Protocol.OSC_777,
    'vte': Protocol.OSC_777,
    'iterm2': Protocol.OSC_9,
}
_PROGRESS: Final = {
    'ghostty': (),
    'wezterm': (),
    'vte': (7900,),
    'iterm2': (3, 6, 6),
    'windows terminal': (),
    'conemu': (),
}
"""Terminals that show OSC 9;4, from which version on. To others it is a notification, over and over."""


class Notices:
    """The sequences for one terminal; empty where it takes none of the kind."""

    def __init__(self, terminal: Terminal, environment: Mapping[str, str] = os.environ) -> None:
        self._tmux = terminal.tmux
        # What tmux does not let through to the terminal around it would be lost, and that is known by its answer.
        reached = bool(terminal.version) or not terminal.tmux
        term = environment.get('TERM', '')
        plain = term in ('', 'dumb', 'linux') or ('STY' in environment and not terminal.tmux)
        self.titles = not plain
        """Whether a window can be given a title."""
        self._name, self._version = _named(terminal.version, environment) if reached and not plain else ('', ())

    @property
    def protocol(self) -> Protocol:
        """How this terminal takes a notification, as far as it is known."""
        return _PROTOCOLS.get(self._name, Protocol.OFF)

    @property
    def has_progress(self) -> bool:
        """Whether this terminal is known to show progress."""
        return self._name in _PROGRESS and self._version >= _PROGRESS[self._name]

    def notification(self, heading: str, text: str, protocol: Protocol = Protocol.AUTO) -> str:
        """What has `text` shown outside of the terminal's window."""
        heading, text = (clean(one, _MOST).replace('\n', ' ') for one in (heading, text))
        match self.protocol if protocol is Protocol.AUTO else protocol:
            case Protocol.OSC_9:
                return self._wrapped(
                    f'9;{heading}: {text}'
                )  # never a digit first, which would be a command of ConEmu's
            case Protocol.OSC_777:
                return self._wrapped(f'777;notify;{heading.replace(";", ",")};{text.replace(";", ",")}')
            case Protocol.OSC_99:
                return self._wrapped(f'99;i=hfmedia:d=0;{heading}') + self._wrapped(f'99;i=hfmedia:p=body;{text}')
            case _:
                return ''

    def progress(self, fraction: float | None, switch: Switch = Switch.AUTO, *, runs: bool = True) -> str:
        """What shows how far everything is; with None, that it is not known how far. Nothing `runs`: it goes."""
        if switch is Switch.OFF or (switch is Switch.AUTO and not self.has_progress):
            return ''
        if not runs:
            return self._wrapped('9;4;0;0')
        return self._wrapped('9;4;3;0' if fraction is None else f'9;4;1;{round(100 * min(1.0, max(0.0, fraction)))}')

    def _wrapped(self, command: str) -> str:
        sequence = f'\x1b]{command}{_END}'
        return through_tmux(sequence) if self._tmux else sequence


def title(text: str) -> str:
    """What gives the window a title; tmux takes it for its pane."""
    return f'\x1b]2;{clean(text, _MOST)}{_END}'.replace('\n', ' ')


def _named(version: str, environment: Mapping[str, str]) -> tuple[str, tuple[int, ...]]:
    """The terminal's name and version: by its own answer, or by what it put into the environment."""
    told = version or ' '.join((environment.get('TERM_PROGRAM', ''), environment.get('TERM_PROGRAM_VERSION', '')))
    for name in _PROTOCOLS:
        if told.lower().startswith((name, 'iterm.app' if name == 'iterm2' else name)):
            return name, tuple(int(number) for number in re.findall(r'\d{1,6}', told.partition(' ')[2] or told)[:3])
    if version:
        return '', ()
    if 'WT_SESSION' in environment:
        return 'windows terminal', ()
    if environment.get('ConEmuANSI') == 'ON':
        return 'conemu', ()
    if (vte := environment.get('VTE_VERSION', '')).isdecimal():
        return 'vte', (int(vte),)
    term = environment.get('TERM', '').removeprefix('xterm-')
    return next((name for name in _PROTOCOLS if term.startswith(name)), ''), ()
