"""Filling a form with what a file was made from: a file that is named, or dropped on the terminal."""

import asyncio
from abc import abstractmethod
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType

from hfmedia_tui.domain import Model
from hfmedia_tui.errors import HubError, MediaError
from hfmedia_tui.metadata.reading import read_recipe
from hfmedia_tui.metadata.recipe import Recipe
from hfmedia_tui.paths import named_file
from hfmedia_tui.screens.question import Question
from hfmedia_tui.screens.text_question import TextQuestion
from hfmedia_tui.screens.undoing import Undoing
from hfmedia_tui.widgets.complaint import complain
from hfmedia_tui.widgets.plain import one_line
from hfmedia_tui.widgets.prompt import Prompt

__all__ = ['RecipePlace']

_MOST_ASKED, _MOST_TOLD = 6, 12
"""Things that have no place in the form that are named, before it is filled and after; the others are counted."""
_PROMPT_SHOWN = 200
"""Characters of the prompt by which the recipe is known again."""
_SECONDS = 12
"""How long they are told of."""


class RecipePlace(Undoing):
    """A place whose form is filled from a file of this or another tool."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            'ctrl+l',
            'recipe',
            "Open a file's recipe",
            show=False,
            priority=True,
            id='compose.recipe',
            tooltip='Fill the form with what a picture or film was made from',
        ),
    ]

    @abstractmethod
    def fill(self, recipe: Recipe, model: Model | None) -> tuple[tuple[str, str], ...]:
        """Take on a recipe, with its model where the Hub has that; returns what is not for the model's task."""

    def action_recipe(self) -> None:
        """Ask for a file, and fill the form from it."""
        found = list[tuple[Path, Recipe]]()

        async def take(text: str) -> None:
            path = named_file(text) or Path(text.strip())
            found.append((path, await asyncio.to_thread(read_recipe, path)))

        about = 'The path of a picture, a film, or the .json beside one; dropping it on the prompt does the same.'

        def filled(_: str | None) -> None:
            if found:
                self._fill_from(*found[-1])

        self.app.push_screen(TextQuestion("Open a file's recipe", about, take=take), filled)

    @on(Prompt.FilePasted)
    @work(group='recipe', exclusive=True, exit_on_error=False)
    async def _offer(self, event: Prompt.FilePasted) -> None:
        """Ask whether a file whose path was pasted is meant as a recipe."""
        name = one_line(event.path.name)
        if not await asyncio.to_thread(event.path.is_file):
            return
        try:
            recipe = await asyncio.to_thread(read_recipe, event.path)
        except MediaError as error:
            complain(self, error, 'information')
            return
        told = '\n'.join(
            (one_line(recipe.prompt[:_PROMPT_SHOWN]) or 'It has no prompt.', *_not_taken(recipe.unmapped, _MOST_ASKED))
        )
        question = Question(f'Fill the form from {name}?', told, yes='Fill the form', no='Keep the text')
        if await self.app.push_screen_wait(question):
            self._fill_from(event.path, recipe)

    @work(group='fill', exclusive=True, exit_on_error=False)
    async def _fill_from(self, path: Path, recipe: Recipe) -> None:
        """Fill the form, and say what had no place in it."""
        known = tuple[Model, ...]()
        unknown = ''
        if recipe.model is not None and self.services is not None:
            try:
                known = await self.services.catalog.model(recipe.model)
            except HubError as error:
                unknown = error.message
            if not known:
                unknown = unknown or f'The Hub has no {recipe.model} that can be used now: the model stays as it was.'
        model = next((one for one in known if one.task is recipe.task), known[0] if known else None)
        not_for_task = self.fill(recipe, model)
        told = '\n'.join(filter(None, (unknown, *_not_taken((*not_for_task, *recipe.unmapped), _MOST_TOLD))))
        self.notify(told, title=f'Filled from {one_line(path.name)}', timeout=_SECONDS, markup=False)


def _not_taken(left: tuple[tuple[str, str], ...], most: int) -> list[str]:
    """What has no place in the form, each on a line."""
    if not left:
        return []
    listed = [f'  {name}: {one_line(value)}' for name, value in left[:most]]
    more = len(left) - len(listed)
    return ['Not taken over:', *listed, *([f'  and {more} more'] if more else [])]
