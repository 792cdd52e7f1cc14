"""The line at the top of every place: where one can go, what is being made, whose account it is."""

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from hfmedia_tui.widgets.plain import cells, one_line

__all__ = ['Tally', 'TopBar']

_ROOMY = 98
"""Cells from which on there is room for the counts in words beside the places."""


class Tally(NamedTuple):
    """How many jobs are under way, whichever process drives them, and how many of this session have ended."""

    running: int = 0
    waiting: int = 0
    paused: int = 0
    failed: int = 0
    succeeded: int = 0


class TopBar(Widget):
    """Names of the places with their keys, counts of jobs, and the mark of the sandbox or the account."""

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    TopBar { dock: top; height: 1; background: $surface; color: $text-muted; padding: 0 1;
        link-style: none; link-color: $foreground; link-color-hover: $primary; link-background-hover: $surface;
        link-style-hover: none; }
    TopBar:ansi { background: ansi_default; }
    """

    PLACES: ClassVar[dict[str, str]] = {
        'browse': 'Browse',
        'compose': 'Compose',
        'jobs': 'Jobs',
        'gallery': 'Gallery',
        'settings': 'Settings',
    }

    keys: reactive[Mapping[str, str]] = reactive[Mapping[str, str]]({})
    """The key that goes to each place, as it is shown."""
    tally: reactive[Tally] = reactive(Tally())
    """Counts to show."""
    mark: reactive[str] = reactive('')
    """The sandbox, the account, or what is being waited for."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def render(self) -> Content:
        roomy = self.size.width >= _ROOMY
        space = '   ' if roomy else '  '
        told = [
            (self.tally.running, 'running', '●', '$primary'),
            (self.tally.waiting, 'waiting', '·', '$foreground'),
            (self.tally.paused, 'paused', '‖', '$warning'),
            (self.tally.failed, 'failed', '✗', '$error'),
        ]
        if not any(count for count, *_ in told):
            told = [(self.tally.succeeded, 'done', '✓', '$success')]
        counts = [
            Content.styled(f'{count:,} {word}' if roomy else f'{sign}{count}', style)
            for count, word, sign, style in told
            if count
        ]
        right = Content('  ' if roomy else ' ').join(counts)
        places = self._places(space, named=True)
        if places.cell_length + right.cell_length > self.size.width:
            places = self._places(space, named=False)
        if self.mark:
            room = max(0, self.size.width - places.cell_length - right.cell_length - len(space))
            mark = one_line(self.mark)
            mark = cells(mark, room).rstrip() if len(mark) > room else mark
            right = Content(space).join([right, Content(mark)]) if counts else Content(mark)
        gap = max(1, self.size.width - places.cell_length - right.cell_length)
        return Content.assemble(places, ' ' * gap, right)

    def _places(self, space: str, *, named: bool) -> Content:
        """The keys of the places with their names, or with the name of this one only."""
        places = Content('')
        for name, label in self.PLACES.items():
            here = name == self.place
            words = Content.styled(self.keys.get(name, ''), '$primary')
            if here or named:
                words += Content.assemble(' ', (label, 'bold $foreground underline' if here else ''))
            places += words.stylize(Style.from_meta({'@click': f"app.place('{name}')"})) + Content(space)
        return places
