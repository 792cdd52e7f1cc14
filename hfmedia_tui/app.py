"""The application: the house behind its places, the ways between these, and the global keys."""

import asyncio
import gc
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import on, work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.reactive import var
from textual.screen import Screen
from textual.worker import Worker, WorkerError, WorkerState

from hfmedia_tui.domain import Job, Order
from hfmedia_tui.errors import AppError, UsageError
from hfmedia_tui.media.notices import Notices
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.messages import JobReused, ModelChosen, OpeningRetried
from hfmedia_tui.paths import Paths
from hfmedia_tui.rooms import Rooms
from hfmedia_tui.screens.bringing import bring_screens, bring_screens_one_by_one, make_place
from hfmedia_tui.screens.leaving_app import LeavingApp
from hfmedia_tui.screens.place import Place
from hfmedia_tui.screens.settings_app import SettingsApp
from hfmedia_tui.settings_file import SettingsFile
from hfmedia_tui.store.draft import Draft
from hfmedia_tui.store.session import Session
from hfmedia_tui.tokens import keep_token
from hfmedia_tui.widgets.complaint import complain
from hfmedia_tui.widgets.keymap import rebind
from hfmedia_tui.widgets.keys import key_name, keyed
from hfmedia_tui.widgets.pictures_app import PicturesApp
from hfmedia_tui.widgets.styles_app import StylesApp
from hfmedia_tui.widgets.top_bar import TopBar
from hfmedia_tui.widgets.type_ahead import TypeAheadApp

if TYPE_CHECKING:
    from hfmedia_tui.rooms import Opening
    from hfmedia_tui.screens.compose import ComposeScreen
    from hfmedia_tui.screens.jobs import JobsScreen
    from hfmedia_tui.screens.welcome import WelcomeScreen
    from hfmedia_tui.services import Services
    from hfmedia_tui.widgets.command_list import Command
    from hfmedia_tui.widgets.film import FilmPlayer

__all__ = ['HFMediaApp']

log = logging.getLogger(__name__)

_RECENT = 200
"""Jobs of earlier sessions that are shown."""


class HFMediaApp(PicturesApp, TypeAheadApp, SettingsApp, LeavingApp, StylesApp):
    """A studio in a few places, over rooms that it opens, follows and closes."""

    TITLE = 'hfmedia'

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('f1', 'help', 'Help', id='app.help', tooltip='Show how everything is done'),
        Binding('question_mark', 'keys', 'Keys', show=False, id='app.keys', tooltip='Show the keys of this place'),
        Binding('f2', "place('browse')", 'Browse', show=False, id='app.browse', tooltip='Go to the models'),
        Binding('f3', "place('compose')", 'Compose', show=False, id='app.compose', tooltip='Go to the prompt'),
        Binding('f4', "place('jobs')", 'Jobs', show=False, id='app.jobs', tooltip='Go to the jobs'),
        # These two before the prompt's own: there they select a line, and all, as Ctrl+A does.
        Binding(
            'f6',
            "place('gallery')",
            'Gallery',
            show=False,
            priority=True,
            id='app.gallery',
            tooltip='Go to the results',
        ),
        Binding(
            'f7',
            "place('settings')",
            'Settings',
            show=False,
            priority=True,
            id='app.settings',
            tooltip='Go to the settings',
        ),
        Binding(
            'ctrl+right_square_bracket,semicolon',
            'jump',
            'Jump',
            show=False,
            id='app.jump',
            tooltip='Put a letter on each field and list, to go to one',
        ),
        # Two keys: some terminals in editors keep the first one.
        Binding(
            'ctrl+p,colon',
            'command_palette',
            'Commands',
            show=False,
            id='app.palette',
            tooltip='Find any action by its name',
        ),
        Binding('ctrl+q,q', 'quit', 'Quit', show=False, id='app.quit', tooltip='Leave the program'),
    ]

    standing: var[str] = var('')
    """What is being waited for, or why the rooms could not be opened; empty while they are open."""
    mark: var[str] = var('')
    """Whose account is at work."""

    def __init__(
        self,
        *,
        paths: Paths,
        pictures: Pictures,
        sandbox: bool | None = None,
        token_found: bool = False,
        look_for_token: Callable[[], bool] = bool,
        keep_token: Callable[[str], None] = keep_token,
        typed: str = '',
        is_typing: bool = False,
        opening: 'Opening | None' = None,
        alone: bool = False,
    ) -> None:
        """Make the application; nothing is opened before its first paint.

        `sandbox` is true to begin on the sandbox whatever was found; `typed` is what the user typed before Textual
        took the terminal, and `is_typing` is true where more of that will come as keys; `opening` opens the rooms, in
        the usual way where it is None; `alone` is true where the process is there for this application only, which may
        then say when Python looks for garbage.
        """
        self.settings_file = SettingsFile(paths.settings)
        with suppress(UsageError):  # what is wrong with the file is told when the rooms are opened
            self.settings_file.read()
        if self.settings_file.settings.bindings:
            bring_screens()
        rebind(self.settings_file.settings.bindings)  # before any binding is looked at
        self.paths = paths
        self._sandbox = sandbox
        self._token_found = token_found
        self._typed = typed
        self.session = Session(paths.data / 'session.json')
        self.session.read()
        self.draft = Draft(paths.data / 'draft.txt')
        """The prompt that is being written, whether or not the rooms are open."""
        self.draft.read()
        # Textual begins there, and paints it at once: a place that is gone to is painted 50 ms later, and twice.
        self.DEFAULT_MODE = self._first_place(is_typing=bool(typed) or is_typing)  # type: ignore[misc]
        super().__init__()
        self.rooms = Rooms(paths, opening)
        self._alone = alone
        self.pictures = pictures
        self.notices = Notices(pictures.terminal)
        self._look_for_token = look_for_token
        self.keep_token = keep_token
        """Checks a token and keeps it. Blocking. Raises AppError."""
        self._last: Order | None = None
        """The newest order, for as long as Compose does not know it."""
        self._film: FilmPlayer | None = None
        """The one that played last."""
        self._house: Worker[None] | None = None
        for name in ('welcome', *TopBar.PLACES):
            self.add_mode(name, partial(make_place, name, pictures))

    def on_load(self) -> None:
        # From Python 3.12 on Textual has tasks start at once: the first place's widgets would ask for the screen before
        # there is one. Tasks that wait for their turn begin in the same order on every Python.
        asyncio.get_running_loop().set_task_factory(None)

    async def on_mount(self) -> None:
        self.mode_change_signal.subscribe(self, self._leave_editing)
        self.apply_settings()
        if (compose := self._composing) is not None:
            self._hand_over_typed(compose)  # before any key that was pressed later
        if self._opens_at_once:
            self._open_house(sandbox=bool(self._sandbox))

    @property
    def _opens_at_once(self) -> bool:
        """Whether the rooms are opened without being asked for."""
        return bool(self._sandbox or self._token_found)

    def _first_place(self, *, is_typing: bool) -> str:
        """Where the user was last, or the models for who is new; the prompt for who is typing already.

        Nobody has seen a place yet whose keys those could be: taken for text, they do no harm.
        """
        if not self._opens_at_once:
            return 'welcome'
        if is_typing:
            return 'compose'
        if self.session.place in TopBar.PLACES:
            return self.session.place
        return 'browse' if self._sandbox or not self.paths.ledger.exists() else 'compose'

    async def on_unmount(self) -> None:
        if self.services is not None:
            with suppress(AppError):
                await self.services.waiting.put_back()
        if self._house is not None:
            self._house.cancel()
            with suppress(WorkerError):
                await self._house.wait()
        if not self.goes_on:
            await self.rooms.close()

    # ------------------------------------------------------------------------------------------ the house

    def _open_house(self, *, sandbox: bool) -> None:
        self._sandbox = sandbox
        self.standing = 'Starting the sandbox' if sandbox else 'Starting'
        self.mark = self.standing.lower()
        self.call_after_refresh(self._begin_house, sandbox)  # it would take the time of the first paint

    def _begin_house(self, sandbox: bool) -> None:
        self._house = self.run_worker(self._keep_house(sandbox), name='house', group='house')

    async def _keep_house(self, sandbox: bool) -> None:
        """Open the rooms, and follow what happens in them until the last screen is gone."""
        try:
            services = await self.rooms.open(sandbox=sandbox)
            subscription = services.pool.subscribe()
            try:
                await self._move_in(services)
                self.spare_loaded()
                await services.ledger.examined()
                async for job in subscription:
                    self.take_job(job)
            finally:
                subscription.close()
        except AppError as error:
            self.services = None
            with suppress(AppError):  # the same one, where something was still to be written
                await self.rooms.close()
            log.warning('could not open: %s', error)
            self.mark = 'not started'
            await asyncio.to_thread(bring_screens)  # the next sentence names a key of one
            again = keyed('Press {app.browse}, then {browse.refresh}, to try again').plain
            self.standing = error.in_lines(again)
        finally:
            self.services = None

    def spare_loaded(self) -> None:
        """Have Python look for garbage rarely and a little at a time, and never among what is loaded by now.

        It stays: every full collection would look through it, which takes up to 100 ms. The youngest 5,000 objects take
        2 ms; with ten times as many, a key would wait for them.
        """
        if self._alone:
            gc.freeze()
            gc.set_threshold(5_000, 4, 100)

    async def _move_in(self, services: 'Services') -> None:
        recent = await services.ledger.jobs(limit=_RECENT, newest_first=True)
        self.jobs.update((job.id, job) for job in reversed(recent))
        self.run_worker(self.watch_others(services), name='watch', group='watch', exit_on_error=False)
        last = await services.last_order()
        if last is not None and last.router != services.router:
            last = None
        await services.waiting.restore()
        self.paused = services.waiting.paused
        self.services = services
        services.hooks.say = self._say_of_hooks
        self.standing = ''
        self.mark = 'sandbox' if services.sandbox else services.account.name or ''
        self.run_worker(self._settle(services), name='settle', group='settle', exit_on_error=False)
        if self.jobs:
            self.jobs_changed.publish(tuple(self.jobs.values()))
        begun = self.DEFAULT_MODE == 'compose' and not self.session.place  # nobody has chosen it
        if last is None and begun and (compose := self._composing) and not compose.prompt.text:
            await self.switch_mode('browse')
        self._last = last
        self._compose_last()

    def _compose_last(self) -> None:
        """Begin in Compose with the model and the parameters of the newest order, or a usual one, once entered."""
        if self.services is not None and (compose := self._composing) is not None:
            last, self._last = self._last, None
            if compose.model is None:
                compose.begin(last)
                self._hand_over_typed(compose)

    @property
    def _composing(self) -> 'ComposeScreen | None':
        """The place to compose in, while the user is there."""
        return cast('ComposeScreen', self.screen_stack[0]) if self.current_mode == 'compose' else None

    def _hand_over_typed(self, compose: 'ComposeScreen') -> None:
        """Give the prompt what was typed before there was one."""
        typed, self._typed = self._typed, ''
        if typed:
            compose.prompt.append(typed)

    async def _settle(self, services: 'Services') -> None:
        """Do what the first screen does not wait for.

        Go on with what earlier sessions sent, ask about what they left waiting, and learn whose account this is.
        """
        try:
            await services.resume(sent_only=True)
            await bring_screens_one_by_one()
            await self._settle_waiting(services)
            if unreadable := ', '.join(sorted(services.ledger.unreadable)):
                self.notify(
                    f'{unreadable}. The log tells more.',
                    title='Jobs that cannot be read from the ledger',
                    severity='error',
                    markup=False,
                )
            self.mark = 'sandbox' if services.sandbox else await services.account.find() or 'account not known'
        except AppError as error:
            complain(self, error)

    async def _settle_waiting(self, services: 'Services') -> None:
        """Do with the jobs that an earlier session left waiting what the settings say."""
        at_start = services.settings.jobs.at_start
        waiting = await services.left_waiting() if at_start != 'pause' else ()
        if not waiting:
            return
        if at_start == 'run':
            await services.resume(paused=False)
        else:

            def on_answer(answer: str | None) -> None:
                self._answer_about_waiting(services, waiting, answer)

            from hfmedia_tui.screens.waiting import ask_about_waiting  # no screen before it is opened

            self.push_screen(ask_about_waiting(waiting), on_answer)

    @work(group='waiting', exit_on_error=False)
    async def _answer_about_waiting(self, services: 'Services', waiting: tuple[Job, ...], answer: str | None) -> None:
        try:
            if answer == 'run':
                await services.resume(paused=False)
            elif answer == 'cancel':
                for job in waiting:
                    with suppress(UsageError):  # another process has ended it meanwhile
                        await services.cancel(job)
        except AppError as error:
            complain(self, error)

    def _say_of_hooks(self, sentence: str) -> None:
        """Tell what went wrong with the user's own command; when the screen is gone, the log alone."""
        log.warning(sentence)
        if self.is_running:
            self.notify(sentence, severity='warning', markup=False)

    def _fatal_error(self) -> None:
        """End with a sentence, and tell the log why.

        Textual's own report shows the values of variables: secrets are among them, and text that nobody has cleaned.
        """
        log.error('a mistake of this program', exc_info=self._exception)
        self._exit_renderables.append(Text('This program made a mistake. See `hfmedia-tui locate` for the log.'))
        self._close_messages_no_wait()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            log.error('%s failed', event.worker.name, exc_info=event.worker.error)

    @on(OpeningRetried)
    def _open_again(self) -> None:
        if self.services is None and self._house is not None and self._house.is_finished:
            self._open_house(sandbox=bool(self._sandbox))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave every key to who asks for one."""
        if action == 'place' and not self.is_entered:
            return False
        return not (self.screen_stack and getattr(self.screen, 'TAKES_EVERY_KEY', False))

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        done = await super()._check_bindings(key, priority)
        if not done and not priority and isinstance(self.screen, Place):
            from hfmedia_tui.screens.everywhere import tell_why_not  # no sooner than it is needed

            tell_why_not(key, self.screen)
        return done

    # ------------------------------------------------------------------------------------------ from place to place

    async def on_welcome_screen_chosen(self, event: 'WelcomeScreen.Chosen') -> None:
        match event.choice:
            case 'sandbox':
                await self.switch_mode('browse')
                self._open_house(sandbox=True)
            case 'paste':
                from hfmedia_tui.screens.token import ask_for_token  # no screen before it is opened

                self.push_screen(ask_for_token(self.keep_token), self._go_on_with_token)
            case 'look':
                self.run_worker(self._look_again(), group='look', exclusive=True)
            case 'quit':
                self.exit()

    async def _go_on_with_token(self, token: str | None) -> None:
        if token is not None:
            await self.switch_mode('browse')
            self._open_house(sandbox=False)

    async def _look_again(self) -> None:
        if await asyncio.to_thread(self._look_for_token):
            await self.switch_mode('browse')
            self._open_house(sandbox=False)
        elif self.current_mode == 'welcome':
            cast('WelcomeScreen', self.screen_stack[0]).tell(
                'Still no token: run `hf auth login` in another terminal first.'
            )

    @property
    def is_entered(self) -> bool:
        """Whether the user has begun, on the sandbox or with a token: before, there is no place to go to."""
        return self.services is not None or bool(self.standing)

    async def action_place(self, name: str) -> None:
        """Go to one of the places."""
        if self.is_entered:
            await self.switch_mode(name)
            self._compose_last()

    def on_film_player_started(self, event: 'FilmPlayer.Started') -> None:
        """Let one film play at a time."""
        before, self._film = self._film, event.player
        if before is not None and before is not event.player and before.is_attached:
            before.stop()

    @on(ModelChosen)
    async def _compose_with(self, event: ModelChosen) -> None:
        await self.switch_mode('compose')
        if (compose := self._composing) is not None:
            compose.models = (event.model, *event.others)
            compose.prompt.focus()
            self._hand_over_typed(compose)

    @work(group='waiting', exit_on_error=False)
    async def _leave_editing(self, mode: str) -> None:
        """Put the job back into the line that was being written anew, when the user goes elsewhere."""
        if mode != 'compose' and self.services is not None:
            try:
                await self.services.waiting.put_back()
            except AppError as error:
                complain(self, error)

    @on(JobReused)
    async def _compose_again(self, event: JobReused) -> None:
        await self.switch_mode('compose')
        if (compose := self._composing) is not None:
            compose.reuse(event.job.order, only=None if event.whole else event.job)

    async def action_show_job(self, job_id: str) -> None:
        """Go to one job in its place."""
        await self.switch_mode('jobs')
        if self.current_mode == 'jobs':
            await self.uncover()
            cast('JobsScreen', self.screen_stack[0]).highlight(job_id)

    async def uncover(self) -> None:
        """Leave what was opened over a place, such as a result that is looked at alone."""
        while isinstance(self.screen, Place) and self.screen.OPENED_BY is not None:
            await self.screen.dismiss()

    # ------------------------------------------------------------------------------------------ global actions

    def action_jump(self) -> None:
        if isinstance(self.screen, Place):
            from hfmedia_tui.screens.jump import JumpScreen  # no screen before it is opened

            self.push_screen(JumpScreen(self.screen.focus_chain), lambda widget: widget.focus() if widget else None)

    def action_help(self) -> None:
        self._help(everything=True)

    def action_keys(self) -> None:
        self._help(everything=False)

    def _help(self, *, everything: bool) -> None:
        from hfmedia_tui.screens.help import HelpScreen  # no screen before it is opened

        if not isinstance(self.screen, HelpScreen):
            bring_screens()  # it tells the keys of all
            self.push_screen(HelpScreen(self.screen, everything=everything), self._do)

    def action_command_palette(self) -> None:
        from hfmedia_tui.screens.everywhere import every_command  # no sooner than it is asked for
        from hfmedia_tui.screens.palette import Palette

        def do(command: 'Command | None') -> None:
            if command is not None:
                self.call_later(command.run)

        self.push_screen(Palette(partial(every_command, self, self.screen)), do)

    async def _do(self, chosen: tuple[str, DOMNode] | None) -> None:
        """Do what was clicked in the help."""
        if chosen is not None:
            await self.run_action(*chosen)

    def get_key_display(self, binding: Binding) -> str:
        if binding.key_display:
            return binding.key_display
        return key_name(binding.key)

    def action_help_quit(self) -> None:
        self.notify(keyed('{app.quit} quits.').plain, markup=False, timeout=3)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        yield SystemCommand('Theme', 'Change the colours', self.action_choose_theme)
        yield SystemCommand('Screenshot', 'Save this screen as a picture', self.deliver_screenshot)
