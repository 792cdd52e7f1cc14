"""What becomes of unfinished jobs when the program ends now."""

from collections.abc import Iterable
from typing import NamedTuple

from hfmedia_tui.domain import Job
from hfmedia_tui.engine.line import Line
from hfmedia_tui.engine.runner import Runner

__all__ = ['IfLeft', 'if_left']


class IfLeft(NamedTuple):
    """The unfinished jobs of a pool, by what leaving them does."""

    collected: tuple[Job, ...]
    """A provider has accepted them: `resume` collects them."""
    interrupted: tuple[Job, ...]
    """A provider is being asked: nobody would hear its answer."""
    waiting: tuple[Job, ...]
    """Nothing was sent, or it was turned away: they wait for the next start."""
    paused: tuple[Job, ...]
    """Nothing was sent, and nothing is before the user says so."""

    @property
    def moves(self) -> bool:
        """Whether any of them ends without a word of the user's."""
        return bool(self.collected or self.interrupted or self.waiting)


def if_left(runners: Iterable[Runner], line: Line) -> IfLeft:
    """What would become of jobs that run, and of those that wait, if they were left now."""
    running = tuple(runners)
    return IfLeft(
        collected=tuple(runner.job for runner in running if runner.accepted),
        interrupted=tuple(runner.job for runner in running if runner.submitting),
        waiting=(
            *(runner.job for runner in running if not runner.accepted and not runner.submitting),
            *(job for job in line.jobs.values() if line.goes_on(job)),
        ),
        paused=tuple(job for job in line.jobs.values() if not line.goes_on(job)),
    )
