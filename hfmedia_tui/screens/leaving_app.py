"""Leaving: an application that asks what is to become of its jobs, and notes what is to be said of them."""

from typing import TYPE_CHECKING

from textual import work
from textual.app import App

from hfmedia_tui.errors import AppError
from hfmedia_tui.rooms import Rooms
from hfmedia_tui.widgets.plain import plural

if TYPE_CHECKING:
    from hfmedia_tui.services import Services

__all__ = ['LeavingApp']


class LeavingApp(App[None]):
    """An app over rooms in which jobs may run when it ends."""

    rooms: Rooms
    """What is open below; set before the app runs. It stays open after the last screen where that is to go on."""
    goes_on = False
    """Whether the rooms stay open after the last screen."""
    hung_up = False
    """Whether the terminal is gone."""
    to_collect = False
    """Whether jobs were left that a process of their own is to collect."""

    def __init__(self) -> None:
        super().__init__()
        self.farewell: list[str] = []
        """What is to be said when the terminal is the shell's again."""

    async def action_quit(self) -> None:
        """Leave; asks first while jobs of this process are not finished."""
        if not any(worker.group == 'quit' and worker.is_running for worker in self.workers):
            self._quit()

    @work(group='quit', exit_on_error=False)
    async def _quit(self) -> None:
        from hfmedia_tui.screens.leaving import Farewell, ask_how_to_leave  # no screen before it is opened

        while (services := self.rooms.services) is not None and any(left := services.pool.if_left()):
            choice = await self.push_screen_wait(ask_how_to_leave(left, services.settings.jobs.at_start))
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
        from hfmedia_tui.screens.leaving import NEXT_START  # no screen before it is opened

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
            then = NEXT_START[services.settings.jobs.at_start]
            self.farewell.append(
                f'{plural(len(left.waiting), "job")} not sent: {then}; `hfmedia-tui resume` sends them.'
            )
        if left.paused:
            self.farewell.append(
                f'{plural(len(left.paused), "job")} paused: sent when you say so, or by `hfmedia-tui resume`.'
            )

    def end(self) -> None:
        """End the screen at once; the rooms stay open for what runs, to be closed by whoever runs this."""
        self.goes_on = True
        self.exit()

    def hang_up(self) -> None:
        """End the screen because its terminal is gone."""
        if not self.hung_up:
            self.hung_up = True
            self.end()
