"""Settings: all that the file can say, the account, the keys at providers, and where everything lies."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from hfmedia_tui.declared import Setting, declared_settings
from hfmedia_tui.domain import clean
from hfmedia_tui.errors import AppError, UsageError
from hfmedia_tui.media.terminal import VARIABLE, Graphics
from hfmedia_tui.screens.bringing import bring_screens
from hfmedia_tui.screens.choice import Choice
from hfmedia_tui.screens.key_question import KeyQuestion
from hfmedia_tui.screens.place import Place
from hfmedia_tui.screens.text_question import TextQuestion
from hfmedia_tui.screens.token import ask_for_token
from hfmedia_tui.tokens import token_place
from hfmedia_tui.widgets.complaint import complain
from hfmedia_tui.widgets.keymap import known_bindings, shared
from hfmedia_tui.widgets.keys import key_name, keyed
from hfmedia_tui.widgets.plain import one_line
from hfmedia_tui.widgets.setting_list import SettingLine, SettingList
from hfmedia_tui.widgets.words import Words

__all__ = ['SettingsScreen']

_SECTIONS = {'output': 'Results'}
"""What a section is called where that is not its name."""
_SET = 'set'
_NOT_SET = 'not set'
_KEYS = 14
"""Cells of the keys before what they do."""
_LONGEST = 200
"""Characters of a filter that are shown."""


class _Key(str):
    """The provider whose key a line is about."""


class _Binding(str):
    """The id of the binding that a line is about."""


class _View(tuple[str, str]):
    """The place and the key of the filter that a line is about."""


class _Folder(str):
    """The path that a line is about."""


class _Token(str):
    """Where the token was found, if it was."""


class SettingsScreen(Place):
    """The list of settings, and what each means."""

    CSS_PATH = 'settings.tcss'
    NAME = 'settings'
    AUTO_FOCUS = '#settings'
    NOTHING = 'The highlighted line has nothing to change.'

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('slash', 'search', 'Search', key_display='/', id='settings.search', tooltip='Search the settings'),
        Binding('e', 'change', 'Change', key_display='Enter', id='settings.change', tooltip='Change the setting'),
        Binding('x,delete', 'reset', 'Reset', id='settings.reset', tooltip='Set back to the default'),
        Binding('r', 'refresh', 'Read again', show=False, id='settings.refresh', tooltip='Read the file again'),
        Binding('down', 'list', 'List', show=False, id='settings.list'),
        Binding('escape', 'leave', 'Back', show=False, id='settings.leave'),
    ]

    def compose_place(self) -> ComposeResult:
        yield Words('Search', id='search')
        with Horizontal(id='desk'):
            settings = SettingList(id='settings')
            settings.notice = keyed('No setting fits\n{settings.leave} clears the search').plain
            yield settings
            with VerticalScroll(id='about', can_focus=False):
                yield Static(id='told')

    @property
    def settings(self) -> SettingList:
        return self.query_one(SettingList)

    def take_standing(self) -> None:
        self.show_settings()

    def on_screen_resume(self) -> None:
        self.action_refresh()

    @work(group='read', exclusive=True, exit_on_error=False)
    async def action_refresh(self) -> None:
        """Take on what the file says now."""
        try:
            await self.house.read_settings()
        except UsageError as error:
            complain(self, error)
        self.show_settings()

    # ------------------------------------------------------------------------------------------ what is shown

    def show_settings(self) -> None:
        """Show every line that fits the words in the search field."""
        words = self.query_one('#search', Input).value.casefold().split()
        fitting = [line for line in self._lines() if all(word in line.words for word in words)]
        lines, before = [], ''
        for line in fitting:
            lines.append(replace(line, first=line.section != before))
            before = line.section
        self.settings.show_rows(lines)

    def _lines(self) -> Iterator[SettingLine]:
        yield from self._account_lines()
        yield from self._declared_lines()
        if self.services is not None:
            yield from self._key_lines()
        yield from self._view_lines()
        yield from self._binding_lines()
        yield from self._place_lines()

    def _account_lines(self) -> Iterable[SettingLine]:
        place = token_place()
        about = (
            f'Found: {place}. It goes to the Hub and the router, and is never shown.'
            if place
            else keyed('None was found. {list.select} takes one and has it kept as `hf auth login` does.').plain
        )
        yield SettingLine('token', 'Account', 'Token', 'found' if place else 'none', about, item=_Token(place or ''))
        whose = 'Who pays.' if self.services is None or not self.services.sandbox else 'The sandbox bills nobody.'
        yield SettingLine('account', 'Account', 'Name', self.house.mark, whose)

    def _declared_lines(self) -> Iterable[SettingLine]:
        settings = self.house.settings_file.settings
        usually = {'output.folder': str(self.house.paths.output), 'interface.theme': self.app.theme}
        for setting in declared_settings():
            value = setting.value(settings)
            told = setting.told(value)
            shown = (_SET if told else _NOT_SET) if setting.secret else told or usually.get(setting.id, _NOT_SET)
            if setting.zero and not value:
                shown = setting.zero
            about = [setting.description]
            if setting.usual is not None:
                about.append(f'Default: {setting.told(setting.usual)}.')
            if setting.id == 'interface.graphics' and os.environ.get(VARIABLE):
                about.append(f'{VARIABLE} is set, and comes before it.')
            if setting.at_start:
                about.append('A change is heard at the next start.')
            section = _SECTIONS.get(setting.section, setting.section.capitalize())
            own = value != setting.usual
            line = SettingLine(setting.id, section, setting.title, clean(shown, _LONGEST), '\n'.join(about), own)
            yield replace(line, item=setting)

    def _key_lines(self) -> Iterable[SettingLine]:
        from hfmedia_tui.services.own_keys import key_variables  # it knows every provider: not before they are there

        keys = self.house.settings_file.settings.keys
        for provider, variables in key_variables().items():
            named = next((name for name in variables if os.environ.get(name, '').strip()), None)
            value = f'{_SET}, by {named}' if named else _SET if keys.get(provider) else _NOT_SET
            about = (
                'Your own key: with it the provider is asked directly, and bills you itself. It is never shown.\n'
                f'{" or ".join(variables)} comes before it.'
            )
            own = value != _NOT_SET
            yield SettingLine(f'keys.{provider}', 'Keys', f'Key at {provider}', value, about, own, item=_Key(provider))

    def _view_lines(self) -> Iterable[SettingLine]:
        for place, views in self.house.settings_file.settings.views.items():
            for key, view in views.items():
                where, number = one_line(clean(place, 20)), clean(key, 5)
                keeping = keyed('{view.keep} keeps another there.').plain
                about = f'The filter that {number} brings back in {where}. {keeping}'
                shown = clean(view, _LONGEST)
                title = f'{where.capitalize()}, {number}'
                yield SettingLine(
                    f'views.{place}.{key}', 'Filters', title, shown, about, True, item=_View((place, key))
                )

    def _binding_lines(self) -> Iterable[SettingLine]:
        keymap = self.house.settings_file.settings.bindings
        bring_screens()
        ways = keyed('{list.select} asks for another key; the file takes several, with commas between.').plain
        for binding in sorted(known_bindings().values()):
            keys = binding.keys(keymap)
            shown = f'{"  ".join(map(key_name, keys)):<{_KEYS}}  {binding.told}'
            usual = '  '.join(map(key_name, binding.usual))
            about = f'Default: {usual}.\n{ways}'
            own, name = keys != binding.usual, binding.id
            yield SettingLine(f'bindings.{name}', 'Keyboard', name, shown, about, own, item=_Binding(name))

    def _place_lines(self) -> Iterable[SettingLine]:
        paths, copies = self.house.paths, keyed('{list.select} copies the path.').plain
        for title, path, about in (
            ('Settings', paths.settings, 'What is changed here stands in this file; its comments stay.'),
            ('Ledger', paths.ledger, 'What was asked, sent and paid.'),
            ('Cache', paths.cache, 'May be deleted at any time.'),
            ('Log', paths.log_file, 'What went wrong, and why.'),
            ('Results', paths.output, 'Where results go when nothing else is said.'),
        ):
            item = _Folder(path)
            yield SettingLine(f'file.{title}', 'Files', title, str(path), f'{about}\n{copies}', item=item)

    @on(SettingList.Highlighted)
    def _highlighted(self, event: SettingList.Highlighted) -> None:
        line: SettingLine | None = event.row
        told = Content('')
        if line is not None:
            value = line.value
            if isinstance(line.item, _Binding):  # in the list, its keys and what they do are columns
                value = '\n'.join(part.strip() for part in value.rsplit('  ', 1))
            told = Content('\n').join([Content.styled(line.title, 'bold'), Content(value), Content(line.about)])
        self.query_one('#about').scroll_to(y=0, animate=False)
        self.query_one('#told', Static).update(told)
        self.refresh_bindings()

    # ------------------------------------------------------------------------------------------ what the user did

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        item = self.settings.row.item if self.is_mounted and self.settings.row else None
        match action:
            case 'change':
                return True if item is not None and not isinstance(item, _View) else None
            case 'reset':
                return True if isinstance(item, Setting | _Key | _View | _Binding) else None
            case _:
                return True

    @on(SettingList.Selected)
    def action_change(self) -> None:
        match self.settings.row.item if self.settings.row else None:
            case Setting() as setting:
                self._change(setting)
            case _Key() as provider:
                self._ask_for_key(str(provider))
            case _Binding() as binding_id:
                self._ask_for_binding(str(binding_id))
            case _Token() as place:
                self._ask_for_token(str(place))
            case _Folder() as path:
                self.app.copy_to_clipboard(str(path))
                self.notify(path, title='Copied', timeout=3, markup=False)

    def action_reset(self) -> None:
        match self.settings.row.item if self.settings.row else None:
            case Setting() as setting:
                self._set(setting.section, setting.name, setting.usual)
            case _Key() as provider:
                self._set('keys', str(provider), None)
            case _View() as view:
                self._set(f'views.{view[0]}', view[1], None)
            case _Binding() as binding_id:
                self._set('bindings', str(binding_id), None)

    @work(group='change', exclusive=True, exit_on_error=False)
    async def _change(self, setting: Setting) -> None:
        value = setting.value(self.house.settings_file.settings)
        told = setting.told(value)
        if setting.id == 'interface.theme':
            await self.house.choose_theme()
            self.show_settings()
            return
        if choices := self._choices(setting):
            options = [(choice, choice, setting.notes.get(choice, '')) for choice in choices]
            question = Choice(setting.title, options, chosen=told, text=setting.description)
            chosen = await self.app.push_screen_wait(question)
            if chosen is not None:
                self._set(setting.section, setting.name, setting.read(chosen))
            return

        async def take(text: str) -> None:
            await self.house.change_setting(setting.section, setting.name, setting.read(text))

        about = setting.description
        if setting.usual is not None:
            about += f' Default: {setting.told(setting.usual)}.'
        await self.app.push_screen_wait(
            TextQuestion(
                setting.title, about, take=take, text='' if setting.secret else clean(told), masked=setting.secret
            )
        )
        self.show_settings()

    def _choices(self, setting: Setting) -> tuple[str, ...]:
        match setting.id:
            case 'interface.graphics':
                return ('auto', *Graphics)
            case _:
                return setting.choices

    @work(group='change', exclusive=True, exit_on_error=False)
    async def _set(self, section: str, name: str, value: object) -> None:
        try:
            await self.house.change_setting(section, name, value)
        except AppError as error:
            complain(self, error)
        self.show_settings()

    @work(group='change', exclusive=True, exit_on_error=False)
    async def _ask_for_key(self, provider: str) -> None:
        async def take(text: str) -> None:
            key = text.strip()
            if not (key.isascii() and key.isprintable()) or ' ' in key:
                raise UsageError('This is no key.')
            await self.house.change_setting('keys', provider, key or None)

        about = 'It is kept in the settings file, for you alone to read, and shown nowhere. Nothing takes it away.'
        await self.app.push_screen_wait(TextQuestion(f'Your key at {provider}', about, take=take, masked=True))
        self.show_settings()

    @work(group='change', exclusive=True, exit_on_error=False)
    async def _ask_for_binding(self, binding_id: str) -> None:
        keymap = self.house.settings_file.settings.bindings

        def check(key: str) -> str:
            others = [other.id for other, _ in shared(binding_id, {**keymap, binding_id: key})]
            return f'{key_name(key)} also does {", ".join(others[:3])}.' if others else ''

        key = await self.app.push_screen_wait(KeyQuestion(known_bindings()[binding_id].told or binding_id, check))
        if key is not None:
            self._set('bindings', binding_id, key)

    @work(group='change', exclusive=True, exit_on_error=False)
    async def _ask_for_token(self, place: str) -> None:
        if place in os.environ:
            complain(self, UsageError(f'{place} holds the token, and comes before any that is kept.'))
            return
        token = await self.app.push_screen_wait(ask_for_token(self.house.keep_token))
        if token:
            try:
                told = await self._use_token(token.strip())
            except AppError as error:
                complain(self, error)
            else:
                self.notify(told, title='The token is kept', markup=False)
        self.show_settings()

    async def _use_token(self, token: str) -> str:
        """Have the token used at once where that harms nothing; say from when on it is. Raises AppError."""
        services = self.services
        if services is None or services.sandbox:
            return 'It is used outside the sandbox.'
        if any(services.pool.if_left()):
            return 'It is used from the next start on: jobs go on with the one before.'
        services.account.use(token)
        self.house.mark = await services.account.find() or 'account not known'
        return 'It is used from now on.'

    @on(Input.Changed, '#search')
    def _typed(self) -> None:
        self.show_settings()

    @on(Input.Submitted, '#search')
    def action_list(self) -> None:
        self.settings.focus()

    def action_search(self) -> None:
        self.query_one('#search', Input).focus()

    def action_leave(self) -> None:
        search = self.query_one('#search', Input)
        if self.focused is not search:
            search.value = ''
        self.settings.focus()
