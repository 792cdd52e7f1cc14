"""Text that would steer a terminal or break an interface, with a mark inside each sequence that shows where it got to.

Sequences: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, ECMA-48 5.6 and 8.3.
"""

import re
from typing import Final

__all__ = ['ALL', 'BREAKING', 'MARK', 'STEERING', 'plain', 'steered']

MARK: Final = 'oWnEd'
"""Inside every sequence: seen as plain words it is harmless, seen as a part of a sequence it got through."""

STEERING: Final = (
    f'\x1b]0;{MARK}\x07',
    f'\x1b]8;;https://{MARK}.example\x1b\\here',
    f'\x1b]52;c;{MARK}\x07',
    f'\x1bP1$r{MARK}\x1b\\',
    f'\x1b_Ga=T,f=24;{MARK}\x1b\\',
    f'\x1b^{MARK}\x1b\\',
    f'\x1bX{MARK}\x1b\\',
    f'\x1b[31337;7z{MARK}',
    f'\x1b[31337J\x1b[31337H{MARK}',
    f'\x1bc{MARK}',
    f'\x9b31337;7z{MARK}',
    f'\x9d0;{MARK}\x9c',
    f'\x90{MARK}\x9c',
    f'{MARK}\x07{MARK}',
    f'{MARK}\x08\x08\x7f\x0e\x0f\x0b\x0c{MARK}',
    f'{MARK}\r\x1b[1A{MARK}',
    f'\u202e{MARK}\u2066\u200f',
    f'{MARK}\U0010eeee\u0305\u030d',
)
"""What must reach no terminal as it is."""

BREAKING: Final = (
    '[/nope]',
    '[link=https://a.example]link[/link]',
    '[@click=app.quit]quit[/]',
    '[/',
    '[red',
    '$primary {name} %s \\n',
    'zero\u200bwidth\u2060\ufeff\u00ad',
    '👩‍👩‍👧‍👦 ﷽ 全角 e' + '\u0301' * 60,
    'line\nline\tline',
    '\u2028\u2029',
    'x' * 10_000,
    '\ud800\udfff',
    'nul\x00nul',
)
"""What must break no widget and no line."""

ALL: Final = (*STEERING, *BREAKING)

_STRING: Final = r'(?:\x1b[\]P_^X]|[\x90\x98\x9d-\x9f])[^\x1b\x07\x9c]*(?:\x1b\\|\x07|\x9c)?'
_CONTROL: Final = r'(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?'
_OTHER: Final = r'\x1b[ -/]*[0-~]?'
_SEQUENCE: Final = re.compile(f'{_STRING}|{_CONTROL}|{_OTHER}')
_FILE_LINK: Final = re.compile(r'\x1b\]8;(?:id=[\d-]+)?;file://[\w.~%/-]*\x1b\\', re.ASCII)
"""What this program writes around a path: whatever its name, percent-encoded it steers nothing."""


def steered(told: str) -> list[str]:
    """What is in a terminal's stream that nobody but an intruder can have written there."""
    found = [match[0] for match in _SEQUENCE.finditer(told) if MARK in match[0] or '31337' in match[0]]
    found = [sequence for sequence in found if not _FILE_LINK.fullmatch(sequence)]
    found += re.findall(f'(?:{re.escape(MARK)}[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1a\\x7f]|\x1bc|\x1b\\[1A{MARK})', told)
    found += re.findall('[\x80-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\U0010eeee]', told)
    return [repr(sequence) for sequence in found]


def plain(told: str) -> str:
    """The words of a terminal's stream."""
    return _SEQUENCE.sub('', told)
