"""A terminal's input cut into text and sequences, however it was cut on the way.

ECMA-48, https://invisible-island.net/xterm/ctlseqs/ctlseqs.html and, for what is no whole sequence,
https://vt100.net/emu/dec_ansi_parser
"""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import Final, NamedTuple

__all__ = ['Kind', 'Sequence', 'Splitter']


class Kind(Enum):
    TEXT = auto()
    CONTROL = auto()
    """A control sequence: CSI, parameters, a letter."""
    APPLICATION = auto()
    """A string for one program, such as Kitty's graphics: APC."""
    DEVICE = auto()
    """A string for the device, such as a Sixel image: DCS."""
    OTHER = auto()
    """Other strings, and short escapes."""
    BROKEN = auto()
    """What something else cut off, as tmux does where it cannot keep up: terminals forget it."""


class Sequence(NamedTuple):
    kind: Kind
    whole: bytes
    """As it came."""
    body: bytes
    """Without what introduces and ends it."""


_SEQUENCE: Final = re.compile(
    rb'(?P<text>[^\x1b]+)'
    rb'|\x1b\[(?P<control>[0-?]*[ -/]*[@-~])'
    rb'|\x1b_(?P<application>[^\x1b]*)\x1b\\'
    rb'|\x1bP(?P<device>[^\x1b]*)\x1b\\'
    rb'|\x1b[\]X^](?P<string>[^\x1b\x07]*)(?:\x1b\\|\x07)'
    rb'|\x1b(?P<escape>[ -/]*[0-OQ-WYZ\\`-~])'
    rb'|\x1b(?P<broken>(?:\[[0-?]*|[_P\]X^][^\x1b\x07]*)?[ -/]*)(?=\x1b[^\\])'
    rb'|\x1b(?P<ended>(?:\[[0-?]*)?[ -/]*)(?=[\x18\x1a\x7f-\xff])'
)
_OBEYED_WITHIN: Final = re.compile(rb'(\x1b(?:\[[0-?]*)?[ -/]*)([\x00-\x17\x19\x1c-\x1f]+)')
"""The start of a sequence, and control characters in it: terminals obey these at once, and go on with the sequence."""
_KINDS: Final = {
    'text': Kind.TEXT,
    'control': Kind.CONTROL,
    'application': Kind.APPLICATION,
    'device': Kind.DEVICE,
    'string': Kind.OTHER,
    'escape': Kind.OTHER,
    'broken': Kind.BROKEN,
    'ended': Kind.BROKEN,
}


class Splitter:
    """Takes bytes as they arrive and gives whole sequences; the start of one waits for its end."""

    def __init__(self) -> None:
        self._rest = b''

    def feed(self, received: bytes) -> Iterator[Sequence]:
        self._rest += received
        place = 0
        while True:
            if within := _OBEYED_WITHIN.match(self._rest, place):
                yield Sequence(Kind.TEXT, within[2], within[2])
                self._rest = within[1] + self._rest[within.end() :]
                place = 0
            match = _SEQUENCE.match(self._rest, place)
            if match is None:
                break
            place = match.end()
            name = str(match.lastgroup)
            yield Sequence(_KINDS[name], match[0], match[name])
        self._rest = self._rest[place:]

    @property
    def waits(self) -> bool:
        """Whether something has begun and not ended."""
        return bool(self._rest)
