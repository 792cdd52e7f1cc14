"""Heeding the settings: an application that does at once what its user changed, in the file or on its screen."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from textual import work
from textual.filter import LineFilter, Monochrome, NoColor

from hfmedia_tui.errors import UsageError
from hfmedia_tui.screens.bringing import bring_screens
from hfmedia_tui.screens.jobs_app import JobsApp
from hfmedia_tui.screens.returning_app import ReturningApp
from hfmedia_tui.settings_file import SettingsFile
from hfmedia_tui.widgets.complaint import complain
from hfmedia_tui.widgets.keymap import bound_keys, known_bindings, rebind, troubles
from hfmedia_tui.widgets.keys import key_name
from hfmedia_tui.widgets.themes import ANSI, DARK, LIGHT
from hfmedia_tui.widgets.top_bar import TopBar

__all__ = ['SettingsApp']

_MOST_TOLD: Final = 5
"""Troubles with keys that are told at once."""


class SettingsApp(JobsApp, ReturningApp):
    """An app whose colours, keys and rooms are as the settings say."""

    settings_file: SettingsFile
    """Set and read before the app runs."""

    def __init__(self) -> None:
        super().__init__()
        self._keymap_told: Mapping[str, str] = {}
        """The user's own keys, as they are bound and their troubles were told."""
        for theme in (DARK, LIGHT, ANSI):
            self.register_theme(theme)
        self.show_theme()

    async def read_settings(self) -> None:
        """Take on what the settings file says now. Raises UsageError."""
        await asyncio.to_thread(self.settings_file.read)
        self.apply_settings()

    async def change_setting(self, section: str, name: str, value: object) -> None:
        """Have the settings file say something else, and do it. Raises UsageError, with everything as it was."""
        await asyncio.to_thread(self.settings_file.change, section, name, value)
        self.apply_settings()

    def apply_settings(self) -> None:
        """Do what can be done at once; the rest is heard at the next start."""
        self.show_theme()
        self._bind_keys()
        self.notifications = self.settings_file.settings.notifications
        self.tell_window()
        if self.services is not None:
            self.services.take_settings(self.settings_file.settings)

    def _bind_keys(self) -> None:
        """Have the user's own keys do what they are to do, and say what of that cannot be."""
        keymap = self.settings_file.settings.bindings
        if keymap != self._keymap_told:
            self._keymap_told = keymap
            bring_screens()
            screens = [screen for stack in self._screen_stacks.values() for screen in stack]
            rebind(keymap, [self, *(node for screen in screens for node in screen.walk_children(with_self=True))])
            self.refresh_bindings()
            for place in self.places:
                place.show_place_keys()
            if said := troubles(keymap):
                self.notify('\n'.join(said[:_MOST_TOLD]), title='Keys', severity='warning', markup=False)

    def place_keys(self) -> dict[str, str]:
        """The key that goes to each place, as it is shown."""
        known = known_bindings()  # once for all
        return {name: key_name(bound_keys(f'app.{name}', known)[0]) for name in TopBar.PLACES}

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Have no colour written at all where there are few: Textual's greys would all be black.

        It chooses when the app is made, and the theme, which is of the terminal's own colours there, comes later.
        """
        filters = super().get_line_filters()
        if not (self.no_color and self.native_ansi_color):
            return filters
        return [NoColor() if isinstance(filter, Monochrome) else filter for filter in filters]

    def show_theme(self, name: str | None = None) -> None:
        """Show a theme by its name, or else the one that is set; where that is none, the one that fits."""
        chosen = self.settings_file.settings.interface.theme if name is None else name
        few = self.console.color_system in ('standard', 'windows')
        self.theme = chosen if chosen in self.available_themes else ANSI.name if few else DARK.name

    @work(group='theme', exclusive=True, exit_on_error=False)
    async def action_choose_theme(self) -> None:
        await self.choose_theme()

    async def choose_theme(self) -> None:
        """Have the colours chosen, each shown while it is highlighted, and keep the choice."""
        themes = [('', 'default', ''), *((name, name, '') for name in sorted(self.available_themes))]
        from hfmedia_tui.screens.choice import Choice  # no screen before it is opened

        usual = self.settings_file.settings.interface.theme or ''
        chosen = await self.push_screen_wait(Choice('Theme', themes, chosen=usual, show=self.show_theme))
        try:
            if chosen is not None:
                await self.change_setting('interface', 'theme', chosen or None)
        except UsageError as error:
            complain(self, error)
        self.show_theme()
