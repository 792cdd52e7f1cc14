"""Kinds of terminals, by what they answer. Each was written down from the real one, or from its documentation.

- kitty: https://sw.kovidgoyal.net/kitty/graphics-protocol/
- ghostty: https://ghostty.org/docs/vt
- xterm: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
- GNU screen answers its own device attributes and nothing else: https://www.gnu.org/software/screen/manual/
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

__all__ = ['GHOSTTY', 'GNU_SCREEN', 'KITTY', 'OLD_KITTY', 'PLAIN', 'VT340', 'Answers']


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a kind of terminal can do, and says of itself."""

    name: str
    version: str = ''
    """Its answer to XTVERSION; empty where it gives none."""
    attributes: str = '?62;22c'
    """Its primary device attributes."""
    kitty: bool = False
    """Whether it has Kitty's graphics."""
    placeholders: bool = False
    """Whether it draws pictures where their Unicode placeholders are."""
    tells_cell: bool = True
    """Whether it tells the size of its cells (`CSI 14 t`, `CSI 16 t`)."""
    synchronised: bool = False
    """Whether it has synchronised output (mode 2026)."""
    in_band: bool = False
    """Whether it reports its size in its output (mode 2048)."""
    scrolls_below: bool = False
    """Whether a Sixel image on its last row scrolls the screen."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What a program started in it finds."""

    @property
    def sixel(self) -> bool:
        return '4' in self.attributes.rstrip('c').split(';')[1:]


KITTY: Final = Answers(
    name='kitty 0.32',
    version='kitty(0.32.2)',
    attributes='?62;c',
    kitty=True,
    placeholders=True,
    synchronised=True,
    environment={'TERM': 'xterm-256color', 'COLORTERM': 'truecolor'},
)
OLD_KITTY: Final = Answers(
    name='kitty 0.26',
    version='kitty(0.26.5)',
    attributes='?62;c',
    kitty=True,
    synchronised=True,
    environment={'TERM': 'xterm-256color', 'COLORTERM': 'truecolor'},
)
GHOSTTY: Final = Answers(
    name='ghostty',
    version='ghostty 1.1.3',
    attributes='?62;22c',
    kitty=True,
    placeholders=True,
    synchronised=True,
    in_band=True,
    environment={'TERM': 'xterm-256color', 'COLORTERM': 'truecolor'},
)
VT340: Final = Answers(
    name='xterm as VT340',
    version='XTerm(379)',
    attributes='?63;1;2;4;6;9;15;16;22;28;29c',
    scrolls_below=True,
    environment={'TERM': 'xterm-256color', 'COLORTERM': 'truecolor'},
)
PLAIN: Final = Answers(
    name='xterm-256color', attributes='?1;2c', tells_cell=False, environment={'TERM': 'xterm-256color'}
)
GNU_SCREEN: Final = Answers(
    name='GNU screen',
    attributes='?1;2c',
    tells_cell=False,
    environment={'TERM': 'screen-256color', 'STY': '4711.pts-0.host', 'COLORTERM': 'truecolor'},
)
