"""The command palette: any action of any place, found by its name, its place, its key, or what it does.

Textual's own palette runs what was found before when Enter comes with the last letters, as it does over a slow line;
and its matcher tries every way in which letters lie in a sentence, which may take seconds.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Final

from rapidfuzz import fuzz
from textual.content import Content

from hfmedia_tui.screens.bringing import bring_screens
from hfmedia_tui.screens.finder import Finder
from hfmedia_tui.widgets.command_list import Command, CommandList

__all__ = ['Palette']

_LIKE: Final = 78
"""Of 100: two letters of five in each other's place still match."""
_LEAST_LIKE: Final = 4
"""Characters of a word from which on it is also looked for as something like it."""
_AS_IT_IS: Final = 1.0
"""What the words are worth beyond their own where they stand so in the name, or in what is told."""
_FAR: Final = 0.5
"""What it costs to be done in another place."""
_NOT_NOW: Final = 1.0
"""What it costs that it cannot be done now."""


class Palette(Finder[Command]):
    """Every command; without words those of the place where one is come first."""

    KEYS: ClassVar[str] = '{enter} does it, in its own place; {finder.leave} leaves'

    def __init__(self, commands: Callable[[], Iterable[Command]]) -> None:
        """Make a palette of `commands`, which are asked for once every screen is imported."""
        super().__init__(CommandList(), placeholder='Find an action')
        self._tell_commands = commands
        self._commands: Sequence[Command] = ()

    async def load(self) -> None:
        await asyncio.to_thread(bring_screens)
        self._commands = sorted(self._tell_commands(), key=lambda command: (not command.near, bool(command.why_not)))

    async def find(self, words: str) -> Sequence[Command]:
        if not words:
            return self._commands
        worth = [(worth_of(command, words.casefold().split()), command) for command in self._commands]
        return [command for score, command in sorted(worth, key=lambda pair: -pair[0]) if score > 0]

    def told(self, words: str) -> str:
        return 'No action fits' if words else 'Looking for what can be done'

    def describe(self, row: Command) -> Content:
        why_not = Content.styled(f'\nNot now: {row.why_not}', '$warning') if row.why_not else ''
        return Content.assemble(row.told, why_not)


def worth_of(command: Command, words: Sequence[str]) -> float:
    """How well a command fits words: 0 where one of them is found nowhere in it, nor something like it."""
    name, told, where = command.name.casefold(), command.told.casefold(), command.where.casefold()
    keys = {key.casefold() for key in command.keys}
    worth = 0.0
    for word in words:
        if f' {word}' in f' {name}':
            found = 4.0
        elif word in name:
            found = 3.0
        elif f' {word}' in f' {where}' or word in keys:
            found = 2.5
        elif f' {word}' in f' {told}':
            found = 2.0
        elif word in told or word in command.id:
            found = 1.5
        elif _lies_in(word, name):
            found = 1.2
        elif len(word) >= _LEAST_LIKE and any(fuzz.ratio(word, one) >= _LIKE for one in f'{name} {told}'.split()):
            found = 1.0
        else:
            return 0.0
        worth += found / len(words)
    together = ' '.join(words)
    if together in (name, told) or together in told:
        worth += _AS_IT_IS
    return max(0.1, worth - _FAR * (not command.near) - _NOT_NOW * bool(command.why_not))


def _lies_in(word: str, text: str) -> bool:
    """Whether the letters of `word` stand in `text` in their order."""
    letters = iter(text)
    return all(letter in letters for letter in word)
