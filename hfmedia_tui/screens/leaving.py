"""Leaving while jobs are not finished: what leaving does to them, and what can be done about it."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from hfmedia_tui.domain import Job
from hfmedia_tui.screens.choice import Choice
from hfmedia_tui.settings import AtStart
from hfmedia_tui.widgets.keys import keyed
from hfmedia_tui.widgets.plain import one_line, plural
from hfmedia_tui.widgets.popup import Popup

if TYPE_CHECKING:
    from hfmedia_tui.engine.leaving import IfLeft

__all__ = ['NEXT_START', 'Farewell', 'ask_how_to_leave']

NEXT_START: Final[Mapping[AtStart, str]] = {
    AtStart.ASK: 'the next start asks',
    AtStart.RUN: 'the next start sends them',
    AtStart.PAUSE: 'they wait until you take them up',
}
"""What becomes of jobs that only wait."""


def ask_how_to_leave(left: 'IfLeft', at_start: AtStart) -> Choice:
    """The question how to leave, telling what leaving now would do; dismissed with `wait`, `leave`, `cancel`,
    or anything else to stay. `at_start` is what becomes of what only waits."""
    if left.collected:
        leave = ('leave', 'Leave running', 'collected in the background')
    elif left.interrupted:
        leave = ('leave', 'Leave', 'and interrupt what is asked')
    else:
        leave = ('leave', 'Leave', NEXT_START[at_start] if left.waiting else 'what is paused stays so')
    sent = left.collected or left.interrupted
    until = 'leave when all have ended' if not left.paused else 'until the others have ended: paused ones stay'
    options = [
        *([('wait', 'Wait', until)] if left.moves else []),
        leave,
        ('cancel', 'Cancel all', 'ask the providers to stop' if sent else 'none of them is sent'),
        ('stay', 'Stay', keyed('{choice.leave}').plain),
    ]
    return Choice(_counted(left), options, chosen=options[0][0], text='\n'.join(_told(left)))


def _counted(left: 'IfLeft') -> str:
    """How many jobs are not finished; empty where all are."""
    counts = [
        (len(left.collected) + len(left.interrupted), 'running'),
        (len(left.waiting), 'waiting'),
        (len(left.paused), 'paused'),
    ]
    told = list[str]()
    for count, word in counts:
        if count:
            told.append(f'{count:,} {word}' if told else f'{plural(count, "job")} {word}')
    return ', '.join(told)


def _told(left: 'IfLeft') -> Iterable[str]:
    """What leaving now does, in sentences."""
    if left.collected:
        yield f'Accepted by {_names(left.collected)}: if left, a process in the background collects the results.'
    if left.interrupted:
        yield f'Being asked: {_names(left.interrupted)}. If left, nobody hears the answer, and it may be billed.'
    if left.waiting:
        yield f'Not sent: {plural(len(left.waiting), "job")}. If left, nothing is sent before the next start.'
    if left.paused:
        yield f'Paused: {plural(len(left.paused), "job")}. Nothing is sent before you say so, now or at the next start.'


def _names(jobs: Iterable[Job]) -> str:
    """Who has how many of the jobs."""
    counts = Counter(one_line(job.provider or '') for job in jobs)
    return ', '.join(f'{name} ({count})' if count > 1 else name for name, count in counts.items())


class Farewell(Popup[bool]):
    """Waits for something and tells how many jobs are left; dismissed with whether it came, or False to stay."""

    CSS_PATH = 'question.tcss'

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('escape', 'stay', 'Stay', show=False, id='farewell.stay'),
    ]

    def __init__(self, title: str, until: Awaitable[object], left: Callable[[], 'IfLeft'], *, stays: bool) -> None:
        """`left` tells what is not finished yet, and `stays` whether the user can still change their mind."""
        super().__init__()
        self._title = title
        self._until = until
        self._left = left
        self._stays = stays

    def compose(self) -> ComposeResult:
        with Vertical(id='question'):
            yield Static(Content.styled(self._title, 'bold'))
            yield Static(id='counts')
            if self._stays:
                with Horizontal(id='answers'):
                    yield Button('Stay', id='stay', compact=True)

    def on_mount(self) -> None:
        self.watch(self.app, 'tally', self._count)
        self._wait()

    def _count(self) -> None:
        self.query_one('#counts', Static).update(Content(_counted(self._left()) or 'none is left'))

    @work(group='farewell', exit_on_error=False)
    async def _wait(self) -> None:
        await self._until
        self.dismiss(True)

    def on_button_pressed(self) -> None:
        self.action_stay()

    def leave(self) -> None:
        self.action_stay()

    def action_stay(self) -> None:
        if self._stays:
            self.dismiss(False)
