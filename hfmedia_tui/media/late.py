"""Answers of the terminal that come when nobody waits for them any more, told apart from what is typed."""

import re
from typing import Final

__all__ = ['LateAnswers']

_ATTRIBUTES: Final = rb'\x1b\[\?[0-9;]*c'
_ANSWER: Final = _ATTRIBUTES + rb'|\x1b_G[^\x1b]*\x1b\\|\x1bP>\|[^\x1b]*\x1b\\|\x1b\[6;\d*;\d*t|\x1b\[\?2;[0-9;]*S'
_BEGUN: Final = (
    rb'\x1b(?:\[(?:\?[0-9;]*|6(?:;[0-9;]*)?)?|_(?:G[^\x1b]{0,200}\x1b?)?|P(?:>(?:\|[^\x1b]{0,200}\x1b?)?)?)?\Z'
)
"""Patterns, and not made ready: nearly every terminal has answered by the time that this is imported."""


class LateAnswers:
    """Takes answers to the probe's questions out of the terminal's input, until the last has come.

    Textual would take them for keys, letter by letter.
    """

    def __init__(self, outstanding: int) -> None:
        """Expect so many answers to the last of the questions, for the device attributes."""
        self._outstanding = outstanding
        self._held = b''

    def take_out(self, received: bytes) -> bytes:
        """Return what was typed of `received`. What may be the beginning of an answer is held back."""
        if not self._outstanding:
            return received
        received, self._held = self._held + received, b''
        for answer in re.findall(_ANSWER, received):
            self._outstanding -= bool(re.fullmatch(_ATTRIBUTES, answer))
        typed = re.sub(_ANSWER, b'', received)
        if self._outstanding > 0 and (begun := re.search(_BEGUN, typed)):
            typed, self._held = typed[: begun.start()], begun[0]
        self._outstanding = max(0, self._outstanding)
        return typed

    def give_back(self) -> bytes:
        """Return what was held back: nothing came behind it, so that it was typed, as the Escape key is."""
        held, self._held = self._held, b''
        return held
