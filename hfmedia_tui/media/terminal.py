"""What the terminal can draw, found out once, before anything else reads its input.

All questions go out in one batch, and the answers are parsed as bytes: whatever the round trip, whatever is typed
meanwhile, nothing crashes and no answer is taken for a key.

- Kitty's graphics with Unicode placeholders: https://sw.kovidgoyal.net/kitty/graphics-protocol/
- Sixel by the primary device attributes and how wide it may be by XTSMGRAPHICS, the terminal's name by XTVERSION, the
  cell's size by `CSI 16 t`:
  https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
"""

import os
import re
import select
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from hfmedia_tui.domain import harmless
from hfmedia_tui.errors import UsageError
from hfmedia_tui.media.tmux import ask_tmux, through_tmux

try:
    import fcntl
    import termios
except ImportError:  # Windows
    HAS_TERMIOS = False
else:
    HAS_TERMIOS = True

__all__ = [
    'CellSize',
    'Colours',
    'Graphics',
    'Terminal',
    'converse',
    'has_placeholders',
    'is_typing',
    'may_ask',
    'measure_cell',
    'probe',
]


class Graphics(StrEnum):
    """How pictures reach the cells."""

    KITTY = 'kitty'
    """Kitty's protocol, placed by Unicode placeholders."""
    SIXEL = 'sixel'
    HALF_CELLS = 'half-cells'
    """Two pixels a cell, as the upper half block in two colours: works everywhere."""
    TEXTUAL_IMAGE = 'textual-image'
    """By that package's own widget, in what was found to work. Never found, only chosen."""
    NONE = 'none'
    """In words only."""


class Colours(StrEnum):
    TRUECOLOR = 'truecolor'
    INDEXED = '256'
    """The 240 colours of xterm's palette that no theme changes."""


class CellSize(NamedTuple):
    """One character cell, in pixels."""

    width: int
    height: int


class Terminal(Struct, frozen=True, kw_only=True):
    """What a terminal can draw. Made without arguments, it is one that promises nothing special."""

    graphics: Graphics = Graphics.HALF_CELLS
    """How pictures are drawn: what was chosen, or else what was found."""
    found: Graphics = Graphics.HALF_CELLS
    """The best that the terminal was found to draw."""
    colours: Colours = Colours.TRUECOLOR
    cell: CellSize = CellSize(10, 20)
    """The cell's size at the time of the probe; where the terminal tells none, its usual shape."""
    widest: int | None = None
    """Pixels that a Sixel image may be wide, where the terminal tells: xterm shows nothing of one that is wider."""
    tmux: bool = False
    """Whether tmux stands between: what is meant for the terminal itself is wrapped."""
    version: str = ''
    """What the terminal calls itself, such as `kitty(0.32.0)`; empty where it does not say."""
    answered: bool = False
    """Whether it answered at all."""
    elapsed: float = 0.0
    """Seconds that the probe took."""
    outstanding: int = 0
    """Answers for the device attributes that had not come by then: they may still."""
    typed: str = ''
    """What was typed until the probe ended: text and new lines only, for whoever has the focus first."""

    def fillable(self, columns: int, cell: CellSize) -> int:
        """Return how many of `columns` a picture may fill, with cells of that size."""
        if self.graphics is not Graphics.SIXEL or self.widest is None:
            return columns
        return max(1, min(columns, self.widest // cell.width))


VARIABLE: Final = 'HFMEDIA_GRAPHICS'
"""Environment variable that chooses the graphics, before any setting; `auto` or nothing probes."""

_KITTY_QUERY: Final = b'\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\'
_VERSION_QUERY: Final = b'\x1b[>0q'
_CELL_QUERY: Final = b'\x1b[16t'
_WIDEST_QUERY: Final = b'\x1b[?2;4;0S'
_ATTRIBUTES_QUERY: Final = b'\x1b[c'

_KITTY_REPLY: Final = re.compile(rb'\x1b_G[^\x1b]*;OK\x1b\\')
_VERSION_REPLY: Final = re.compile(rb'\x1bP>\|([^\x1b]*)\x1b\\')
_CELL_REPLY: Final = re.compile(rb'\x1b\[6;(\d{1,4});(\d{1,4})t')
_WIDEST_REPLY: Final = re.compile(rb'\x1b\[\?2;0;(\d{2,6});\d{2,6}S')
_ATTRIBUTES_REPLY: Final = re.compile(rb'\x1b\[\?([0-9;]*)c')
_ESCAPES: Final = re.compile(
    rb'\x1b[_P\]X^][^\x1b\x07]*(?:\x1b\\|\x07)?'  # strings: our replies, and any other
    rb'|\x1b\[[0-?]*[ -/]*[@-~]?|\x1bO[ -~]?'  # control sequences: replies and cursor keys
    rb'|\x1b[ -/]*[0-~]?',
)

_TRUECOLOR_TERMINALS: Final = ('kitty', 'ghostty', 'wezterm', 'foot', 'iterm2', 'konsole', 'contour')
"""Terminals that have 24-bit colour and may be met without COLORTERM, which ssh does not pass on."""


def probe(
    timeout: float = 1.5,
    *,
    keyboard: int = 0,
    screen: int = 1,
    environment: Mapping[str, str] = os.environ,
    choice: str = '',
) -> Terminal:
    """Find out what the terminal can draw, in at most `timeout` seconds.

    `choice` is the user's setting, `auto` or a name of Graphics; what the environment says comes before it. `keyboard`
    and `screen` are file descriptors; where either is no terminal, or we are in the background, nothing is asked. The
    terminal's mode is given back as it was. Raises UsageError where what was chosen is no choice.
    """
    started = time.monotonic()
    forced = _forced(environment, choice)
    terminal = Terminal(
        graphics=forced or Graphics.HALF_CELLS,
        colours=_colours(environment),
        cell=measure_cell(screen) or CellSize(10, 20),
        tmux='TMUX' in environment,
    )
    if forced in (Graphics.HALF_CELLS, Graphics.NONE) or not may_ask(keyboard, screen, environment):
        return terminal
    passes = False
    if terminal.tmux:
        tmux = ask_tmux(environment)
        passes = tmux.passes
        if tmux.truecolor:
            terminal = replace(terminal, colours=Colours.TRUECOLOR)
    replies, outstanding = _ask(started + timeout, keyboard, screen, tmux=terminal.tmux, passes=passes)
    elapsed = time.monotonic() - started
    return replace(interpret(replies, terminal, forced), elapsed=elapsed, outstanding=outstanding)


def measure_cell(screen: int) -> CellSize | None:
    """Read the cell's size from the kernel, where the terminal told it (TIOCGWINSZ); cheap, at any time."""
    if not HAS_TERMIOS:
        return None
    try:
        rows, columns, width, height = struct.unpack('HHHH', fcntl.ioctl(screen, termios.TIOCGWINSZ, bytes(8)))
    except OSError:
        return None
    if not (rows and columns and width >= columns and height >= rows):
        return None
    return CellSize(width // columns, height // rows)


def interpret(replies: bytes, terminal: Terminal, forced: Graphics | None = None) -> Terminal:
    """Return `terminal` with what its `replies` tell, and what was typed between them."""
    version = _VERSION_REPLY.search(replies)
    name = _printable(version[1]) if version else ''
    attributes = _ATTRIBUTES_REPLY.search(replies)
    cell = _CELL_REPLY.search(replies)
    widest = _WIDEST_REPLY.search(replies)
    graphics = Graphics.HALF_CELLS
    if _KITTY_REPLY.search(replies) and has_placeholders(name, tmux=terminal.tmux):
        graphics = Graphics.KITTY
    elif attributes and b'4' in attributes[1].split(b';')[1:] and not terminal.tmux:
        graphics = Graphics.SIXEL
    return replace(
        terminal,
        graphics=forced or graphics,
        found=graphics,
        colours=Colours.TRUECOLOR if name.lower().startswith(_TRUECOLOR_TERMINALS) else terminal.colours,
        cell=CellSize(int(cell[2]), int(cell[1])) if cell and int(cell[1]) and int(cell[2]) else terminal.cell,
        widest=int(widest[1]) if widest else None,
        version=name,
        answered=bool(version or attributes),
        typed=_written(_ESCAPES.sub(b'', replies)),
    )


def _forced(environment: Mapping[str, str], choice: str) -> Graphics | None:
    told = environment.get(VARIABLE, '').strip()
    chosen = (told or choice).lower()
    if chosen in ('', 'auto'):
        return None
    try:
        return Graphics(chosen)
    except ValueError:
        where = VARIABLE if told else 'The setting interface.graphics'
        raise UsageError(f'{where} is set to something unknown.', f'Choose auto, {", ".join(Graphics)}.') from None


def _colours(environment: Mapping[str, str]) -> Colours:
    """GNU screen hands COLORTERM down and garbles 24-bit colours: there, and where nobody promises them, 256."""
    if not HAS_TERMIOS:
        return Colours.TRUECOLOR
    if _in_screen(environment):
        return Colours.INDEXED
    promised = environment.get('COLORTERM', '').strip().lower() in ('truecolor', '24bit')
    return Colours.TRUECOLOR if promised else Colours.INDEXED


def _in_screen(environment: Mapping[str, str]) -> bool:
    return 'TMUX' not in environment and ('STY' in environment or environment.get('TERM', '').startswith('screen'))


def may_ask(keyboard: int, screen: int, environment: Mapping[str, str]) -> bool:
    """Whether questions are answered, or at least swallowed: GNU screen shows ours in its status line."""
    if not HAS_TERMIOS or _in_screen(environment) or environment.get('TERM', '') in ('', 'dumb', 'linux'):
        return False
    try:
        return os.isatty(keyboard) and os.isatty(screen) and os.tcgetpgrp(keyboard) == os.getpgrp()
    except OSError:
        return False


def _ask(deadline: float, keyboard: int, screen: int, *, tmux: bool, passes: bool) -> tuple[bytes, int]:
    """Send the questions and read until all are answered, or until `deadline`; return with how many are not.

    Every terminal answers the device attributes, and answers in order: they come last. tmux answers them by itself,
    before the terminal behind it says anything; asked through it, they come a second time.
    """
    questions = _KITTY_QUERY + _VERSION_QUERY + _CELL_QUERY + _WIDEST_QUERY + _ATTRIBUTES_QUERY
    last = 1
    if tmux:
        behind = through_tmux((_KITTY_QUERY + _VERSION_QUERY + _ATTRIBUTES_QUERY).decode()).encode()
        questions = _CELL_QUERY + _ATTRIBUTES_QUERY + (behind if passes else b'')
        last = 2 if passes else 1

    def outstanding(replies: bytes) -> int:
        return max(0, last - len(_ATTRIBUTES_REPLY.findall(replies)))

    replies = converse(questions, lambda replies: not outstanding(replies), deadline, keyboard, screen)
    return replies, outstanding(replies)


def converse(told: bytes, enough: Callable[[bytes], bool], deadline: float, keyboard: int, screen: int) -> bytes:
    """Write to the terminal and return what it answers, when that is `enough` or `deadline` (monotonic) has come.

    Nothing of it is shown, and the terminal's mode is given back as it was. Not while Textual runs.
    """
    replies = b''
    with _quiet(keyboard), suppress(OSError):  # the terminal went away: what is known by now must do
        while told:
            told = told[os.write(screen, told) :]
        while not enough(replies) and (left := deadline - time.monotonic()) > 0:
            if not select.select([keyboard], [], [], left)[0] or not (read := os.read(keyboard, 4096)):
                break
            replies += read
    return replies


def is_typing(keyboard: int = 0, screen: int = 1, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether something was typed that nobody has read; it stays to be read. Not while Textual runs."""
    if not may_ask(keyboard, screen, environment):
        return False
    with _quiet(keyboard):  # a terminal that waits for whole lines tells of no other
        return bool(select.select([keyboard], [], [], 0)[0])


@contextmanager
def _quiet(keyboard: int) -> Iterator[None]:
    """Have keys come one by one, and none of them shown; then the terminal's mode is given back as it was."""
    before = termios.tcgetattr(keyboard)
    quiet = termios.tcgetattr(keyboard)
    quiet[3] &= ~(termios.ECHO | termios.ICANON)  # Ctrl+C still interrupts
    quiet[6][termios.VMIN], quiet[6][termios.VTIME] = 1, 0
    try:
        termios.tcsetattr(keyboard, termios.TCSANOW, quiet)
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSANOW, before)


def has_placeholders(name: str, *, tmux: bool) -> bool:
    """Whether a terminal that answered Kitty's question has Unicode placeholders too: many have only the former."""
    if match := re.match(r'kitty\((\d{1,4})\.(\d{1,4})', name):
        return (int(match[1]), int(match[2])) >= (0, 28)
    return name.lower().startswith('ghostty') and not tmux  # in tmux, ghostty up to 1.3 draws them too narrow


def _written(keys: bytes) -> str:
    """Return what `keys` write: Enter a new line, below what is there already, and Backspace one character less."""
    written: list[str] = []
    for key in keys.decode(errors='ignore').replace('\r', '\n'):
        if key in '\b\x7f':
            del written[-1:]
        elif key != '\t' and (written or key != '\n'):
            written.append(key)
    return harmless(''.join(written))


def _printable(text: bytes) -> str:
    return ''.join(character for character in text.decode(errors='ignore') if character.isprintable())[:1000]
