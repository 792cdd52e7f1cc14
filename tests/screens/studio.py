"""A running program, as a test holds it."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from hfmedia_tui.app import HFMediaApp
from hfmedia_tui.domain import Job, Order
from hfmedia_tui.errors import AppError
from hfmedia_tui.messages import ModelChosen
from hfmedia_tui.screens.browse import BrowseScreen
from hfmedia_tui.screens.compose import ComposeScreen
from hfmedia_tui.screens.gallery import GalleryScreen
from hfmedia_tui.screens.jobs import JobsScreen
from hfmedia_tui.services import Services
from hfmedia_tui.widgets.unexpected import Unexpected
from tests.reading import screen_text, until

__all__ = ['Studio']

ScreenType = TypeVar('ScreenType', bound=Screen[object])


class Studio(NamedTuple):
    """The app and its pilot."""

    app: HFMediaApp
    pilot: Pilot[None]

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def services(self) -> Services:
        assert self.app.services is not None
        return self.app.services

    @property
    def browse(self) -> BrowseScreen:
        assert isinstance(self.app.screen, BrowseScreen)
        return self.app.screen

    @property
    def compose(self) -> ComposeScreen:
        assert isinstance(self.app.screen, ComposeScreen)
        return self.app.screen

    @property
    def jobs(self) -> JobsScreen:
        assert isinstance(self.app.screen, JobsScreen)
        return self.app.screen

    @property
    def gallery(self) -> GalleryScreen:
        assert isinstance(self.app.screen, GalleryScreen)
        return self.app.screen

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], object]) -> None:
        await until(self.pilot, condition)

    async def until_shown(self, text: str) -> None:
        await until(self.pilot, lambda: text in self.text)

    async def until_asked(self) -> None:
        """Wait for a question that takes keys as meant for it."""
        await self.until(lambda: isinstance(self.app.screen, Unexpected) and self.app.screen.listens)

    async def choose(self, model_id: str) -> None:
        """Compose with a model, as if it had been entered in browse."""
        models = await self.services.catalog.models()
        self.app.post_message(ModelChosen(next(model for model in models if model.id == model_id)))
        await self.until(lambda: self.app.current_mode == 'compose' and self.compose.model)
        await self.until(lambda: self.compose.model and self.compose.model.id == model_id)
        await self.pilot.pause()

    async def generate(self, prompt: str, count: int = 1) -> None:
        """Write a prompt and a count, and send them with Enter."""
        self.compose.prompt.text = prompt
        self.compose.query_one('#count Entry').value = str(count)  # type: ignore[attr-defined]
        self.compose.prompt.focus()
        await self.press('enter')
        await self.until(lambda: len(self.services.pool.jobs) >= count)

    def hold_submits(
        self, patch: pytest.MonkeyPatch, error: AppError | None = None
    ) -> tuple[asyncio.Event, asyncio.Event]:
        """Have what is sent stop before it is recorded, and go on, or fail with `error`, when that is said.

        Returns the event that tells that something has come so far, and the one that lets it go on.
        """
        come, go_on, submit_orders = asyncio.Event(), asyncio.Event(), self.services.submit_orders

        async def held(orders: Sequence[Order], **options: Any) -> tuple[Job, ...]:
            come.set()
            await go_on.wait()
            if error is not None:
                raise error
            return await submit_orders(orders, **options)

        patch.setattr(self.services, 'submit_orders', held)
        return come, go_on

    async def settle(self) -> tuple[Job, ...]:
        """Wait until every job has ended and the screens know."""
        await self.services.pool.idle()
        await self.until(lambda: all(self.app.jobs.get(key) == job for key, job in self.services.pool.jobs.items()))
        await self.pilot.pause()
        return tuple(self.services.pool.jobs.values())
