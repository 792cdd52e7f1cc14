"""Filters that are kept: till the next start, and for good as views on the number keys."""

from collections.abc import Mapping
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widgets import Input

from hfmedia_tui.domain import clean
from hfmedia_tui.errors import AppError
from hfmedia_tui.screens.place import Place
from hfmedia_tui.widgets.complaint import complain
from hfmedia_tui.widgets.keys import keyed
from hfmedia_tui.widgets.plain import one_line

__all__ = ['VIEWS', 'Filtered']

VIEWS = tuple('123456789')
"""The keys that views lie on, by which the settings know them too."""
_KEPT = Binding.Group('Filter as kept on this key')


class Filtered(Place):
    """A place with a list and a field for its filter."""

    FIELD: ClassVar[str] = '#filter'
    """The field."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                key,
                f'view({key!r})',
                f'Filter {key}',
                show=False,
                id=f'view.{key}',
                tooltip=f'Filter as kept on {key}',
                group=_KEPT,
            )
            for key in VIEWS
        ),
        Binding('w', 'keep_view', 'Keep filter', show=False, id='view.keep', tooltip='Keep the filter on a number key'),
    ]

    @property
    def field(self) -> Input:
        return self.query_one(self.FIELD, Input)

    @property
    def view(self) -> str:
        """All that filters the list, in the filter language."""
        return self.field.value.strip()

    def show_view(self, view: str) -> None:
        """Filter the list as `view` says, and by nothing else."""
        self.field.value = view

    def kept(self) -> Mapping[str, str]:
        return {'filter': self.field.value}

    def bring_back(self, kept: Mapping[str, str]) -> None:
        self.field.value = kept.get('filter', '')

    @property
    def _views(self) -> Mapping[str, str]:
        views = self.house.settings_file.settings.views.get(self.NAME, {})
        return {key: clean(view) for key, view in views.items()}

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        if action == 'view' and parameters[0] not in self._views:
            return f'No filter is kept on {parameters[0]}.'
        return super().why_not(action, parameters)

    def action_view(self, key: str) -> None:
        view = self._views.get(key)
        if view is None:
            self.notify(
                keyed('{view.keep} keeps the present one.').plain,
                title=f'No filter is kept on {key}.',
                timeout=4,
                markup=False,
            )
        else:
            self.show_view(view)

    @work(group='view', exclusive=True, exit_on_error=False)
    async def action_keep_view(self) -> None:
        """Ask on which key to keep the filter, and keep it; none at all takes away what is kept there."""
        view, views = self.view, self._views
        free = next((key for key in VIEWS if key not in views), VIEWS[-1])
        told = one_line(view) if view else 'Nothing is filtered: what is kept there goes.'
        options = [(key, key, one_line(views.get(key, 'free'))) for key in VIEWS]
        from hfmedia_tui.screens.choice import Choice  # no screen before it is opened

        key = await self.app.push_screen_wait(Choice('Keep this filter on', options, chosen=free, text=told))
        if key is not None:
            try:
                await self.house.change_setting(f'views.{self.NAME}', key, view or None)
            except AppError as error:
                complain(self, error)
