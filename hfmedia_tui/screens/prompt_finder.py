"""The popup that finds a prompt among all that were ever ordered."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from hfmedia_tui.domain import Order
from hfmedia_tui.screens.finder import Finder
from hfmedia_tui.widgets.prompt_list import PromptList

if TYPE_CHECKING:
    from hfmedia_tui.services import Services

__all__ = ['PromptFinder']


class PromptFinder(Finder[Order]):
    """The newest order of each prompt, newest first; every word that is typed is somewhere in the prompt."""

    KEYS = '{enter} takes the prompt, {finder.whole} all that was asked for with it'
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('ctrl+o', 'take_whole', show=False, id='finder.whole', tooltip='Take the model and the parameters too'),
    ]

    def __init__(self, services: 'Services') -> None:
        super().__init__(PromptList(), placeholder='Find a prompt')
        self._services = services
        self._orders: tuple[tuple[str, Order], ...] = ()
        """Each with its prompt as it is compared."""
        self.whole = False
        """Whether the model and the parameters are wanted too."""

    async def load(self) -> None:
        orders = await self._services.ledger.past_prompts()
        self._orders = tuple(((order.template or order.prompt).casefold(), order) for order in orders)

    async def find(self, words: str) -> Sequence[Order]:
        return await asyncio.to_thread(self._fitting, words.casefold().split())

    def _fitting(self, words: list[str]) -> list[Order]:
        return [order for prompt, order in self._orders if all(word in prompt for word in words)]

    def told(self, words: str) -> str:
        return 'No prompt fits' if words else 'Nothing was asked for yet'

    def describe(self, row: Order) -> Content:
        return Content((row.template or row.prompt)[:2_000])

    def action_take_whole(self) -> None:
        self.whole = True
        self.take_row()
