"""How many jobs run at once, changed while they do."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static

from hfmedia_tui.errors import UsageError
from hfmedia_tui.widgets.complaint import complain
from hfmedia_tui.widgets.keys import Hint, keyed
from hfmedia_tui.widgets.popup import Popup

if TYPE_CHECKING:
    from hfmedia_tui.engine.tools import Limits

__all__ = ['LimitsScreen']

_MOST = 256
_LABELS = {'total': 'In all', 'per_provider': 'At one provider'}
"""The limits by their names in the settings."""


class LimitsScreen(Popup[None]):
    """Each change holds at once and is kept in the settings; fewer than run now stop none of them."""

    CSS_PATH = 'question.tcss'

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('escape,enter,q', 'dismiss', 'Back', show=False, id='limits.leave'),
        Binding('up,k,down,j,tab', 'other', show=False, id='limits.other'),
        Binding('left,h,minus', 'change(-1)', show=False, id='limits.less'),
        Binding('right,l,plus', 'change(1)', show=False, id='limits.more'),
    ]

    chosen: reactive[str] = reactive('total')
    """Which of them the keys change."""

    def __init__(self, limits: 'Limits', change_setting: Callable[[str, str, object], Awaitable[None]]) -> None:
        super().__init__()
        self._numbers = {'total': limits.total, 'per_provider': limits.per_provider}
        self._change_setting = change_setting

    def compose(self) -> ComposeResult:
        with Vertical(id='question'):
            yield Static(Content.styled('Jobs at once', 'bold'))
            yield Static(id='text')
            yield Hint(
                keyed('{limits.other} the other   {limits.less} {limits.more} change   {limits.leave} back'), id='keys'
            )

    def watch_chosen(self) -> None:
        self._show()

    def _show(self) -> None:
        lines = []
        for name, label in _LABELS.items():
            here = name == self.chosen
            less, more = (Style.from_meta({'@click': f'screen.change({step}, {name!r})'}) for step in (-1, 1))
            lines.append(
                Content.assemble(
                    (f'{"▌" if here else " "} {label:<18}', 'bold' if here else ''),
                    Content('‹ ').stylize(less),
                    (f'{self._numbers[name]:>3}', 'bold $primary' if here else ''),
                    Content(' ›').stylize(more),
                )
            )
        self.query_one('#text', Static).update(Content('\n').join(lines))

    def action_other(self) -> None:
        self.chosen = 'per_provider' if self.chosen == 'total' else 'total'

    @work(group='limits', exit_on_error=False)
    async def action_change(self, step: int, name: str = '') -> None:
        self.chosen = name = name or self.chosen
        self._numbers[name] = max(1, min(self._numbers[name] + step, _MOST))
        self._show()
        try:
            await self._change_setting('jobs', name, self._numbers[name])
        except UsageError as error:
            complain(self, error)
