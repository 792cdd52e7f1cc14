"""What can be done with results, wherever they are shown."""

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from hfmedia_tui.domain import Result
from hfmedia_tui.messages import JobReused
from hfmedia_tui.screens.copying import copy_from
from hfmedia_tui.screens.outside import can_open, open_outside
from hfmedia_tui.screens.shelf import Shelf
from hfmedia_tui.screens.tagging import TagEditor
from hfmedia_tui.screens.undoing import Undoing

__all__ = ['ResultPlace']

_OF_ONE = frozenset({'favourite', 'tag', 'copy', 'reuse', 'trash', 'open_outside'})
"""Actions that need a result."""


class ResultPlace(Undoing):
    """A place that shows results: they are marked, tagged, copied, composed again, thrown away and opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('f', 'favourite', 'Favourite', id='result.favourite', tooltip='Mark as a favourite, or unmark'),
        Binding('t', 'tag', 'Tag', id='result.tag', tooltip='Give it words to find it by'),
        Binding('e', 'reuse', 'Reuse', id='result.reuse', tooltip='Compose again what the result was made from'),
        Binding(
            'E',
            'reuse(True)',
            'Reuse all',
            show=False,
            id='result.reuse_all',
            tooltip='Compose again all that was asked for with the result, as it was written',
        ),
        Binding(
            'y',
            'copy',
            'Copy',
            show=False,
            id='result.copy',
            tooltip='Copy a path, prompt, link or command, over SSH too',
        ),
        Binding(
            'o', 'open_outside', 'Open', show=False, id='result.open', tooltip='Open the result in its own program'
        ),
        Binding(
            'x,delete',
            'trash',
            'Trash',
            show=False,
            id='result.trash',
            tooltip='Throw it away, with all files of its job',
        ),
        Binding(
            'u,ctrl+z', 'undo', 'Undo', show=False, id='result.undo', tooltip='Bring back what was thrown away last'
        ),
    ]

    @property
    @abstractmethod
    def shelf(self) -> Shelf | None:
        """What is shown, once the rooms are open."""

    @property
    @abstractmethod
    def result(self) -> Result | None:
        """The result that is looked at."""

    async def chosen(self) -> Sequence[Result]:
        """The results that a favourite, a tag or the trash is meant for. Raises StoreError."""
        return [self.result] if self.result else []

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == 'open_outside' and not can_open():
            return False
        if action in _OF_ONE and (not self.is_mounted or self.result is None):
            return None
        return True

    @work(group='favourite', exit_on_error=False)
    async def action_favourite(self) -> None:
        results = await self.tell(self.chosen())
        if results and self.shelf is not None:
            favourite = not all(result.favourite for result in results)
            await self.tell(self.shelf.results.mark_favourite(results, favourite=favourite))
            await self._renew(results)

    @work(group='tag', exclusive=True, exit_on_error=False)
    async def action_tag(self) -> None:
        results = await self.tell(self.chosen())
        if not results or self.shelf is None:
            return
        known = await self.tell(self.shelf.results.tags())
        common = sorted(frozenset.intersection(*(frozenset(result.tags) for result in results)))
        tags = await self.app.push_screen_wait(TagEditor(common, known or (), count=len(results)))
        if tags is not None:
            removed = frozenset(common) - frozenset(tags)
            await self.tell(self.shelf.results.tag(results, add=tags, remove=removed))
            await self._renew(results)

    async def _renew(self, results: Sequence[Result]) -> None:
        if self.shelf is not None:
            await self.tell(self.shelf.renew(result.job for result in results))

    @work(group='chosen', exit_on_error=False)
    async def action_trash(self) -> None:
        results = await self.tell(self.chosen())
        if results:
            self.throw_away({result.job.id: result.job for result in results}.values())

    def action_undo(self) -> None:
        self.undo(None)

    def action_reuse(self, whole: bool = False) -> None:
        if self.result:
            self.post_message(JobReused(self.result.job, whole=whole))

    @work(group='copy', exit_on_error=False)
    async def action_copy(self) -> None:
        if self.result:
            await copy_from(self, self.result.job, self.result.output)

    @work(group='open', exit_on_error=False)
    async def action_open_outside(self) -> None:
        if self.result:
            await self.tell(open_outside(Path(self.result.output.path)))
