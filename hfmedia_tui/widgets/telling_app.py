"""What an application tells beside its screen: that work has ended, how far it is, and what its window is called."""

from collections.abc import Iterable
from typing import Final

from textual import messages
from textual.app import App

from hfmedia_tui.domain import FINAL_STATES, Driver, Job, JobState
from hfmedia_tui.media.notices import KEEP_TITLE, RESTORE_TITLE, Notices, title
from hfmedia_tui.settings import Notifications
from hfmedia_tui.widgets.plain import duration, one_line, plural

__all__ = ['TellingApp']

_HEADING: Final = 'hfmedia'
_AGAIN: Final = 5.0
"""Seconds after which progress is told again while nothing changes: ghostty forgets it after 15."""
_WORDS: Final = {
    JobState.SUCCEEDED: 'done',
    JobState.FAILED: 'failed',
    JobState.INTERRUPTED: 'interrupted',
}
"""Ends that are news: a cancelled job is none to whoever cancelled it."""


class TellingApp(App[None]):
    """An app that tells of this process's jobs as `notifications` say."""

    notices: Notices
    """What its terminal takes; set before the app runs."""
    notifications: Notifications = Notifications()
    """What the user wants to be told."""

    def __init__(self) -> None:
        super().__init__()
        self._under_way: dict[str, Job] = {}
        """Jobs of ours that have not ended."""
        self._ended: dict[str, Job] = {}
        """Jobs whose order goes on: they are told of together with the others of it."""
        self._batch: dict[str, float] = {}
        """How far each job is that was under way since nothing was."""
        self._told_title = ''
        self._told_progress = ''

    async def on_mount(self) -> None:
        self.set_interval(_AGAIN, self._tell_progress_again)

    def follow_jobs(self, changed: Iterable[Job]) -> None:
        """Take on newer snapshots of jobs, and tell what is news."""
        for job in changed:
            if job.state not in FINAL_STATES:
                if job.driver is Driver.OURS:
                    self._under_way[job.id] = job
                    self._batch[job.id] = job.progress.fraction or 0.0
            elif self._under_way.pop(job.id, None) is not None:
                self._ended[job.id] = job
                self._batch[job.id] = 1.0
        go_on = {job.order.id for job in self._under_way.values()}
        news = [job for job in self._ended.values() if job.order.id not in go_on]
        for job in news:
            del self._ended[job.id]
        self.tell_window()
        if not self._under_way:
            self._batch.clear()
        self._tell_end([job for job in news if job.state in _WORDS])

    def _tell_end(self, jobs: list[Job]) -> None:
        took = (
            max(((job.finished_at or job.created_at) - job.created_at).total_seconds() for job in jobs) if jobs else 0
        )
        if not jobs or (self.app_focus and took < self.notifications.after_seconds):
            return
        bell = '\a' if self.notifications.bell else ''
        self._write(bell + self.notices.notification(_HEADING, _summary(jobs, took), self.notifications.desktop))

    def tell_window(self) -> None:
        """Have the window's title and its progress say how it stands."""
        if self.notices.titles:
            words = title(self._title()) if self.notifications.title else ''
            if words != self._told_title:
                # What it was called before is kept the first time, and given back when nothing is to be said.
                before = '' if self._told_title else KEEP_TITLE
                self._write(before + words if words else RESTORE_TITLE)
                self._told_title = words
        progress = self._progress()
        if progress != self._told_progress:
            self._write(progress)
            self._told_progress = progress

    def _title(self) -> str:
        running = sum(job.state is JobState.RUNNING for job in self._under_way.values())
        waiting = len(self._under_way) - running
        counts = [f'{count} {word}' for count, word in ((running, 'running'), (waiting, 'waiting')) if count]
        return f'{", ".join(counts)} - {_HEADING}' if counts else _HEADING

    def _progress(self) -> str:
        switch = self.notifications.progress
        if not self._under_way:
            return self.notices.progress(None, switch, runs=False) if self._told_progress else ''
        known = sum(self._batch.values())
        return self.notices.progress(known / len(self._batch) if known else None, switch)

    def _tell_progress_again(self) -> None:
        if self._under_way:
            self._write(self._told_progress)

    def on_exit_app(self, _: messages.ExitApp) -> None:
        if self._told_title:
            self._write(RESTORE_TITLE)
        if self._under_way:
            self._write(self.notices.progress(None, self.notifications.progress, runs=False))

    def _write(self, sequence: str) -> None:
        # Textual gives no public way to write to the terminal; through its own writer nothing is torn apart.
        if sequence and self._driver is not None:
            self._driver.write(sequence)


def _summary(jobs: list[Job], took: float) -> str:
    """Say how jobs ended: the prompt of one, the numbers of several."""
    if len(jobs) == 1:
        (job,) = jobs
        return f'{_WORDS[job.state].capitalize()} after {duration(took)}: {one_line(job.order.prompt[:300])}'
    counts = [(sum(job.state is state for job in jobs), word) for state, word in _WORDS.items()]
    told = [f'{count} {word}' for count, word in counts if count]
    return f'{plural(len(jobs), "job")}: {", ".join(told)}'
