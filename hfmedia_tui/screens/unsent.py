"""What stands in the prompt and was not sent, on its way to the disk."""

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hfmedia_tui.store.draft import Draft

__all__ = ['Unsent']

_SECONDS: Final = 0.4
"""Between a change of the prompt and its way to the disk."""


class Unsent:
    """Follows the prompt, and hands what is not sent yet to the draft: soon, and at most once at a time."""

    def __init__(self, draft: 'Draft') -> None:
        self._draft = draft
        self._text = ''
        self._sent = ''
        self._writing = False

    def take(self, text: str) -> bool:
        """Take on what stands in the prompt now; whether the caller has to `write_soon`."""
        self._text = '' if text == self._sent else text
        begins = self._behind and not self._writing
        self._writing = self._writing or begins
        return begins

    def sent(self, text: str) -> None:
        """Forget what was sent; an empty text forgets the sending."""
        self._sent = text

    @property
    def _behind(self) -> bool:
        return self._text != self._draft.text

    async def write_soon(self) -> None:
        """Write until the disk has what the prompt has."""
        try:
            while self._behind:
                await asyncio.sleep(_SECONDS)
                await self.write()
        finally:
            self._writing = False

    async def write(self) -> None:
        """Write at once, if there is anything to write."""
        if self._behind:
            await asyncio.to_thread(self._draft.write, self._text)
