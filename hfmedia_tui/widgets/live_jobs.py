"""The jobs beside a result: those that run or wait come before those that ended."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.reactive import reactive

from hfmedia_tui.domain import Job
from hfmedia_tui.widgets.job_list import JobList
from hfmedia_tui.widgets.row_list import RowList

__all__ = ['LiveJobs']


class LiveJobs(JobList):
    """Jobs, of which one made the result that is shown.

    While nobody moves in it, it stays at its top, and the highlight tells whose result is shown beside it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('enter', 'select', 'Show', id='list.show', tooltip='Show the result of the job, or what became of it'),
    ]

    shown: reactive[str | None] = reactive(None)
    """The job whose result is shown."""

    def show_rows(self, rows: Iterable[Job], *, follow: bool = True) -> None:
        super().show_rows(rows, follow=follow and self.has_focus)
        self._point()

    def renew_rows(self, rows: Iterable[Job]) -> None:
        super().renew_rows(rows)
        self._point()

    def watch_shown(self) -> None:
        self._point()

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        if has_focus:
            place = self.highlighted or 0
            self.set_reactive(RowList.highlighted, None)
            self._go_to(place)
        else:
            self.scroll_to(y=0, animate=False)
            self._point()

    def _point(self) -> None:
        """Highlight the job whose result is shown, where it is, without going there."""
        if not self.has_focus:
            self.set_reactive(RowList.highlighted, self.place_of(self.shown))
            self.refresh()
