"""The application: its places, its global keys, and the one bridge from the engine to the screens."""

import asyncio
import gc
import logging
from collections.abc import Callable, Iterable, Mapping
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
from textual.signal import Signal
from textual.worker import Worker, WorkerError, WorkerState

from hfmedia_tui.domain import FINAL_STATES, Driver, Job, JobState, Order
from hfmedia_tui.errors import AppError, UsageError
from hfmedia_tui.media.notices import Notices
from hfmedia_tui.media.picture import Pictures
from hfmedia_tui.messages import JobReused, ModelChosen, OpeningRetried
from hfmedia_tui.outlook import Outlook
from hfmedia_tui.paths import Paths
from hfmedia_tui.rooms import Rooms
from hfmedia_tui.screens.bringing import bring_screens, make_place
from hfmedia_tui.screens.key_question import KeyQuestion
from hfmedia_tui.screens.place import Place
from hfmedia_tui.screens.returning import ReturningApp
from hfmedia_tui.settings_file import SettingsFile
from hfmedia_tui.store.session import Session
from hfmedia_tui.tokens import keep_token
from hfmedia_tui.widgets.job_row import is_paused
from hfmedia_tui.widgets.keymap import bound_keys, rebind, troubles
from hfmedia_tui.widgets.keys import key_name, keyed
from hfmedia_tui.widgets.pictures_app import PicturesApp
from hfmedia_tui.widgets.plain import plural
from hfmedia_tui.widgets.styles_app import StylesApp
from hfmedia_tui.widgets.telling_app import TellingApp
from hfmedia_tui.widgets.themes import DARK, LIGHT
from hfmedia_tui.widgets.top_bar import Tally, TopBar
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

_log = logging.getLogger(__name__)

_RECENT = 200
"""Jobs of earlier sessions that are shown."""
_PACE = 0.05
"""Seconds between two pieces of news to the screens: what happens in between is told once, in its newest state."""
_MOST_TOLD = 5
"""Troubles with keys that are told at once."""
_WATCH_SECONDS = 0.5
"""Between two looks at what other processes do."""


class HFMediaApp(PicturesApp, TypeAheadApp, TellingApp, ReturningApp, StylesApp):
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

    services: var['Services | None'] = var(None)
    """The rooms below, while they are open."""
    standing: var[str] = var('')
    """What is being waited for, or why the rooms could not be opened; empty while they are open."""
    mark: var[str] = var('')
    """Whose account is at work."""
    paused: var[bool] = var(False)
    """Whether nothing new starts."""
    tally: var[Tally] = var(Tally())
    """Counts of this session's jobs."""
    _goes_on = False
    """Whether the rooms stay open after the last screen."""

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
        opening: 'Opening | None' = None,
        alone: bool = False,
    ) -> None:
        """Make the application; nothing is opened before its first paint.

        `sandbox` is true to begin on the sandbox whatever was found; `typed` is what the user typed before Textual
        took the terminal; `opening` opens the rooms, in the usual way where it is None; `alone` is true where the
        process is there for this application only, which may then say when Python looks for garbage.
        """
        self.settings_file = SettingsFile(paths.settings)
        with suppress(UsageError):  # what is wrong with the file is told when the rooms are opened
            self.settings_file.read()
        if self.settings_file.settings.bindings:
            bring_screens()
        rebind(self.settings_file.settings.bindings)  # before any binding is looked at
        super().__init__()
        self.rooms = Rooms(paths, opening)
        """What is open below; it stays open after the last screen where that is to go on."""
        self.hung_up = False
        """Whether the terminal is gone."""
        self.to_collect = False
        """Whether jobs were left that a process of their own is to collect."""
        self.farewell: list[str] = []
        """What is to be said when the terminal is the shell's again."""
        self._alone = alone
        self.paths = paths
        self.pictures = pictures
        self.notices = Notices(pictures.terminal)
        self._sandbox = sandbox
        self._token_found = token_found
        self._look_for_token = look_for_token
        self.keep_token = keep_token
        """Checks a token and keeps it. Blocking. Raises AppError."""
        self._keymap_told: Mapping[str, str] = {}
        """The user's own keys, as they are bound and their troubles were told."""
        self.session = Session(paths.data / 'session.json')
        self.session.read()
        self._typed = typed
        self._last: Order | None = None
        """The newest order, for as long as Compose does not know it."""
        self._film: FilmPlayer | None = None
        """The one that played last."""
        self._house: Worker[None] | None = None
        self._live: set[str] = set()
        """Jobs that have not ended, whoever drives them."""
        self._pending: dict[str, Job] = {}
        self.jobs: dict[str, Job] = {}
        """The latest snapshot of every job known, by id."""
        self.jobs_changed: Signal[tuple[Job, ...]] = Signal(self, 'jobs changed')
        """Newest snapshots of the jobs that changed."""
        for name in ('welcome', *TopBar.PLACES):
            self.add_mode(name, partial(make_place, name, pictures))
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self._show_theme()

    async def on_mount(self) -> None:
        self.mode_change_signal.subscribe(self, self._leave_editing)
        self._apply_settings()
        if self._sandbox or self._token_found:
            await self.switch_mode(self._first_place())
            self._open_house(sandbox=bool(self._sandbox))
        else:
            await self.switch_mode('welcome')

    def _first_place(self) -> str:
        """Where the user was last; the prompt for who is typing already, the models for who is new."""
        if not self.paths.ledger.exists():
            return 'browse'
        if self._typed or self.session.place not in TopBar.PLACES:
            return 'browse' if self._sandbox and not self._typed else 'compose'
        return self.session.place

    async def on_unmount(self) -> None:
        if self.services is not None:
            with suppress(AppError):
                await self.services.waiting.put_back()
        if self._house is not None:
            self._house.cancel()
            with suppress(WorkerError):
                await self._house.wait()
        if not self._goes_on:
            await self.rooms.close()

    # ------------------------------------------------------------------------------------------ the house

    def _open_house(self, *, sandbox: bool) -> None:
        self._sandbox = sandbox
        self.standing = 'Starting the sandbox' if sandbox else 'Starting'
        self.mark = self.standing.lower()
        self._house = self.run_worker(self._keep_house(sandbox), name='house', group='house')

    async def _keep_house(self, sandbox: bool) -> None:
        """Open the rooms, and follow what happens in them until the last screen is gone."""
        try:
            services = await self.rooms.open(sandbox=sandbox)
            subscription = services.pool.subscribe()
            try:
                await self._move_in(services)
                self.spare_loaded()
                async for job in subscription:
                    self.take_job(job)
            finally:
                subscription.close()
        except AppError as error:
            await self.rooms.close()
            _log.warning('could not open: %s', error)
            self.mark = 'not started'
            await asyncio.to_thread(bring_screens)  # the next sentence names a key of one
            again = keyed('Press {app.browse}, then {browse.refresh}, to try again').plain
            self.standing = '\n'.join(line for line in (error.message, error.hint, again) if line)
        finally:
            self.services = None

    def spare_loaded(self) -> None:
        """Have Python look for garbage rarely, and never among what is loaded by now.

        It stays: every full collection would look through it, which takes up to 100 ms. And what a search among
        thousands makes and drops is no reason for one: its objects have no cycles.
        """
        if self._alone:
            gc.freeze()
            gc.set_threshold(50_000, 20, 20)

    async def _move_in(self, services: 'Services') -> None:
        recent = await services.ledger.jobs(limit=_RECENT, newest_first=True)
        self.jobs.update((job.id, job) for job in reversed(recent))
        self.run_worker(self._watch_others(services), name='watch', group='watch', exit_on_error=False)
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
        if last is None:
            if self.current_mode == 'compose':
                await self.switch_mode('browse')
            return
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
            await asyncio.to_thread(bring_screens)
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
            self.notify(error.hint or '', title=error.message, severity='error', markup=False)

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
            self.notify(error.hint or '', title=error.message, severity='error', markup=False)

    async def _watch_others(self, services: 'Services') -> None:
        """Take on what other processes do to their jobs, and collect what they leave when they end."""
        told = False
        while True:
            try:
                news = await services.ledger.news()
                for job in news:
                    self.take_job(job)
                if any(job.driver is Driver.NOBODY for job in news):
                    await services.resume(sent_only=True)
                told = False
            except AppError as error:
                if not told:
                    _log.warning('what others do is not known: %s', error)
                told = True
            await asyncio.sleep(_WATCH_SECONDS)

    def _say_of_hooks(self, sentence: str) -> None:
        """Tell what went wrong with the user's own command; when the screen is gone, the log alone."""
        _log.warning(sentence)
        if self.is_running:
            self.notify(sentence, severity='warning', markup=False)

    def take_job(self, job: Job) -> None:
        """Take on a newer snapshot of a job, and tell the screens soon."""
        if not self._pending:
            self.set_timer(_PACE, self._publish)
        self._pending[job.id] = job

    def _publish(self) -> None:
        changed = tuple(self._pending.values())
        self._pending.clear()
        self.jobs.update((job.id, job) for job in changed)
        for job in changed:
            (self._live.discard if job.state in FINAL_STATES else self._live.add)(job.id)
        self._count()
        self.jobs_changed.publish(changed)
        self.follow_jobs(changed)
        if self.services is not None and (missing := self.services.pasts.missing(changed)):
            self.run_worker(self.services.pasts.learn(missing), group='pasts', exit_on_error=False)

    def watch_paused(self) -> None:
        self._count()

    def _count(self) -> None:
        """Count the jobs by what they are doing."""
        live = [job for job in map(self.jobs.__getitem__, self._live) if job.driver is not Driver.NOBODY]
        states = [job.state for job in live]
        paused = sum(is_paused(job, line=self.paused) for job in live)
        ours = self.services.pool.jobs if self.services is not None else {}
        ended = [self.jobs[job_id].state for job_id in ours if job_id in self.jobs]
        self.tally = Tally(
            running=states.count(JobState.RUNNING),
            queued=states.count(JobState.QUEUED) - paused,
            paused=paused,
            failed=ended.count(JobState.FAILED),
            succeeded=ended.count(JobState.SUCCEEDED),
        )

    def outlook(self, job: Job) -> Outlook:
        """What can be said now of a job that has not ended."""
        return Outlook() if self.services is None else self.services.outlook(job)

    def _fatal_error(self) -> None:
        """End with a sentence, and tell the log why.

        Textual's own report shows the values of variables: secrets are among them, and text that nobody has cleaned.
        """
        _log.error('a mistake of this program', exc_info=self._exception)
        self._exit_renderables.append(Text('This program made a mistake. See `hfmedia-tui locate` for the log.'))
        self._close_messages_no_wait()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            _log.error('%s failed', event.worker.name, exc_info=event.worker.error)

    @on(OpeningRetried)
    def _open_again(self) -> None:
        if self.services is None and self._house is not None and self._house.is_finished:
            self._open_house(sandbox=bool(self._sandbox))

    # ------------------------------------------------------------------------------------------ the settings

    async def read_settings(self) -> None:
        """Take on what the settings file says now. Raises UsageError."""
        await asyncio.to_thread(self.settings_file.read)
        self._apply_settings()

    async def change_setting(self, section: str, name: str, value: object) -> None:
        """Have the settings file say something else, and do it. Raises UsageError, with everything as it was."""
        await asyncio.to_thread(self.settings_file.change, section, name, value)
        self._apply_settings()

    def _apply_settings(self) -> None:
        """Do what can be done at once; the rest is heard at the next start."""
        self._show_theme()
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
        return {name: key_name(bound_keys(f'app.{name}')[0]) for name in TopBar.PLACES}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave every key to who asks for one."""
        if action == 'place' and not self.is_entered:
            return False
        return not isinstance(self.screen, KeyQuestion) if self.screen_stack else True

    def _show_theme(self) -> None:
        chosen = self.settings_file.settings.interface.theme
        few = self.console.color_system in ('standard', 'windows')
        self.theme = chosen if chosen in self.available_themes else 'ansi-dark' if few else DARK.name

    @work(group='theme', exclusive=True, exit_on_error=False)
    async def action_choose_theme(self) -> None:
        """Choose the colours, and keep the choice."""
        themes = [('', 'as usual', ''), *((name, name, '') for name in sorted(self.available_themes))]
        from hfmedia_tui.screens.choice import Choice  # no screen before it is opened

        chosen = await self.push_screen_wait(Choice('Theme', themes, chosen=self.theme))
        if chosen is not None:
            try:
                await self.change_setting('interface', 'theme', chosen or None)
            except UsageError as error:
                self.notify(error.hint or '', title=error.message, severity='error', markup=False)

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
        return self._house is not None

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
                self.notify(error.hint or '', title=error.message, severity='error', markup=False)

    @on(JobReused)
    async def _compose_again(self, event: JobReused) -> None:
        await self.switch_mode('compose')
        if (compose := self._composing) is not None:
            compose.reuse(event.job.order, only=None if event.whole else event.job)

    async def action_show_job(self, job_id: str) -> None:
        """Go to one job in its place."""
        await self.switch_mode('jobs')
        if self.current_mode == 'jobs':
            cast('JobsScreen', self.screen_stack[0]).highlight(job_id)

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

    async def action_quit(self) -> None:
        """Leave; asks first while jobs of this process are not finished."""
        if not any(worker.group == 'quit' and worker.is_running for worker in self.workers):
            self._quit()

    @work(group='quit', exit_on_error=False)
    async def _quit(self) -> None:
        from hfmedia_tui.screens.leaving import Farewell, ask_how_to_leave  # no screen before it is opened

        while (services := self.rooms.services) is not None and any(left := services.pool.if_left()):
            choice = await self.push_screen_wait(ask_how_to_leave(left))
            if choice == 'wait':
                ended = Farewell('Leaving when all have ended', services.pool.idle(), services.pool.if_left, stays=True)
                if not await self.push_screen_wait(ended):
                    return
                if not services.pool.if_left().moves:  # what is paused does not end, and stays
                    self._leave_running(services)
                    break
            elif choice == 'cancel':
                await self._cancel_all(services)
            elif choice == 'leave':
                self._leave_running(services)
                break
            else:
                return
        self.exit()

    async def _cancel_all(self, services: 'Services') -> None:
        """Cancel every job of this process, and say what that did when the screen is gone."""
        from hfmedia_tui.screens.leaving import Farewell  # no screen before it is opened

        async def cancel() -> None:
            try:
                self.farewell += [f'{job.id}  {job.note or job.state}' for job in await services.pool.cancel_all()]
            except AppError as error:
                self.farewell.append(str(error))

        await self.push_screen_wait(
            Farewell('Asking the providers to stop', cancel(), services.pool.if_left, stays=False)
        )

    def _leave_running(self, services: 'Services') -> None:
        """Take note of what is left, to be said when the screen is gone."""
        services.pool.stop_starting()
        left = services.pool.if_left()
        self.to_collect = bool(left.collected)
        if left.collected:
            self.farewell.append(
                f'In the background: {plural(len(left.collected), "job")}. `hfmedia-tui jobs` tells how far.'
            )
        self.farewell += [
            f'{job.id}  interrupted while {job.provider} was being asked: it may be billed.' for job in left.interrupted
        ]
        if left.waiting:
            self.farewell.append(
                f'{plural(len(left.waiting), "job")} not sent: the next start or `hfmedia-tui resume` goes on.'
            )
        if left.paused:
            self.farewell.append(
                f'{plural(len(left.paused), "job")} paused: sent when you say so, or by `hfmedia-tui resume`.'
            )

    def end(self) -> None:
        """End the screen at once; the rooms stay open for what runs, to be closed by whoever runs this."""
        self._goes_on = True
        self.exit()

    def hang_up(self) -> None:
        """End the screen because its terminal is gone."""
        if not self.hung_up:
            self.hung_up = True
            self.end()

    def get_key_display(self, binding: Binding) -> str:
        if binding.key_display:
            return binding.key_display
        return key_name(binding.key)

    def action_help_quit(self) -> None:
        self.notify(keyed('{app.quit} quits.').plain, markup=False, timeout=3)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        yield SystemCommand('Theme', 'Change the colours', self.action_choose_theme)
        yield SystemCommand('Screenshot', 'Save this screen as a picture', self.deliver_screenshot)
