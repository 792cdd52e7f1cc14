"""The popup of saved templates: to open one, to save what is composed as one, to delete one."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input

from hfmedia_tui.composition import Composition, SavedTemplate
from hfmedia_tui.errors import AppError, UsageError
from hfmedia_tui.screens.finder import Finder
from hfmedia_tui.screens.question import Question
from hfmedia_tui.screens.text_question import TextQuestion
from hfmedia_tui.widgets.complaint import complain
from hfmedia_tui.widgets.keys import keyed
from hfmedia_tui.widgets.template_list import TemplateList

if TYPE_CHECKING:
    from hfmedia_tui.store.saved_templates import SavedTemplates

__all__ = ['TemplateFinder']


class TemplateFinder(Finder[SavedTemplate]):
    """Every saved template, by name; dismissed with the one to open."""

    KEYS = '{enter} opens it, {finder.save} saves what is composed, {finder.delete} deletes it'
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('ctrl+s,f10', 'save', show=False, priority=True, id='finder.save', tooltip='Save what is composed'),
        Binding('delete', 'delete', show=False, priority=True, id='finder.delete', tooltip='Delete the template'),
    ]

    def __init__(self, templates: 'SavedTemplates', composed: Composition | None) -> None:
        """Make it; `composed` is what can be saved, None where that is not whole."""
        super().__init__(TemplateList(), placeholder='Find a template')
        self._templates = templates
        self._composed = composed
        self._saved: tuple[SavedTemplate, ...] = ()
        self._taken = ''
        """The name that was told to be another template's already."""

    async def load(self) -> None:
        self._saved = await asyncio.to_thread(self._templates.all)

    async def find(self, words: str) -> Sequence[SavedTemplate]:
        wanted = words.casefold().split()
        texts = ((one, f'{one.name}\n{one.composition.prompt}'.casefold()) for one in self._saved)
        return [one for one, text in texts if all(word in text for word in wanted)]

    def told(self, words: str) -> str:
        return (
            'No template fits' if words else keyed('No template yet\n{finder.save} saves what is composed as one').plain
        )

    def describe(self, row: SavedTemplate) -> Content:
        models = ', '.join(row.composition.models)
        return Content.assemble((models[:200], '$foreground-muted'), '\n', row.composition.prompt[:2_000])

    async def _renew(self) -> None:
        await self.load()
        self.search()

    @work(group='save', exclusive=True, exit_on_error=False)
    async def action_save(self) -> None:
        if self._composed is None:
            self.notify('Write a prompt and choose a model first.', timeout=3)
            return
        asked: Screen[str | None] = TextQuestion(
            'Save as a template',
            'The prompt, the models and all that the form says, under this name.',
            text=self.query_one('#words', Input).value.strip(),
            take=self._save,
        )
        if await self.app.push_screen_wait(asked) is not None:
            self.query_one('#words', Input).value = ''
            await self._renew()

    async def _save(self, name: str) -> None:
        name = name.strip()
        if self._composed is None:
            return
        if name != self._taken and await asyncio.to_thread(self._templates.has, name):
            self._taken = name
            raise UsageError('A template has this name already.', keyed('{enter} again replaces it.').plain)
        await asyncio.to_thread(self._templates.save, SavedTemplate(name, self._composed))

    @work(group='delete', exclusive=True, exit_on_error=False)
    async def action_delete(self) -> None:
        if (row := self.row) is None:
            return
        sure: Screen[bool] = Question(f'Delete {row.name}?', 'What was made with it stays.', yes='Delete', no='Back')
        if await self.app.push_screen_wait(sure):
            try:
                await asyncio.to_thread(self._templates.delete, row.name)
            except AppError as error:
                complain(self, error)
            await self._renew()
