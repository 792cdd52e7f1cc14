"""Text from outside, made safe where it enters."""

import re
import unicodedata

__all__ = [
    'clean',
    'harmless',
    'masked',
]


_BIDI = frozenset('\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069')
_PLACEHOLDER = '\U0010eeee'
"""Stands for a piece of a picture that the terminal has.

https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders
"""


def harmless(text: str) -> str:
    """Take from a text what could steer the terminal that shows it.

    Control characters (C0 and C1, so every escape sequence loses its escape), lone surrogates, and overrides of
    the writing direction go, and so does what would show a picture of the terminal's; newline and tab stay. Joiners
    stay too, so that composed emoji survive.
    """
    if text.isprintable():  # nearly every text is, and it holds nothing that goes
        return text
    return ''.join(character for character in text if character in '\n\t' or not _goes(character))


def clean(text: str, limit: int = 2_000) -> str:
    """Make text from outside safe to show, see `harmless`, without space around it and cut to `limit` characters.

    Called once, where text enters: a reply, a mapping, a file name, metadata.
    """
    whole = harmless(text[: limit * 4]).strip()
    return whole if len(whole) <= limit else whole[: limit - 1].rstrip() + '…'


def _goes(character: str) -> bool:
    return unicodedata.category(character) in ('Cc', 'Cs') or character in _BIDI or character == _PLACEHOLDER


_PASSWORD = re.compile(r'(?<=://)[^\s/?#@]+@')
_QUERY = re.compile(r"""([?#])[^\s?#"'<>`]*=[^\s"'<>`]*""")


def masked(text: str) -> str:
    """Take from every URL in a text what may open something: the values of its query, and a name and password.

    For whatever somebody else says, and for the log: a link to media is signed in its query.
    """
    return _QUERY.sub(r'\1…', _PASSWORD.sub('…@', text))
