"""The line of jobs that wait: in which order they go, and which of them may."""

import msgspec

from hfmedia_tui.domain import Job

__all__ = ['Line']

replace = msgspec.structs.replace


def _turn(job: Job) -> int:
    """When it is a job's turn: lower goes first. Jobs go as they came, unless they were moved."""
    return job.sequence - job.priority


class Line:
    """Jobs that wait, by their id."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.paused = False
        """Whether nothing new starts."""
        self.collecting = set[str]()
        """Jobs that a provider was asked for: to go on with them starts nothing new."""

    def goes_on(self, job: Job) -> bool:
        """Whether a job waits for nothing that only the user can say."""
        return job.id in self.collecting or not (self.paused or job.paused)

    @property
    def moves(self) -> bool:
        """Whether any job waits for something else than the user's word."""
        return any(map(self.goes_on, self.jobs.values()))

    def ready(self) -> list[Job]:
        """Jobs that may start, in the order in which they go."""
        return [job for job in self._in_order() if job.sent_in is None and self.goes_on(job)]

    def moved(self, job_id: str, step: int) -> list[Job]:
        """What moving a job ahead in the line, by a negative `step`, or behind makes of it and of others.

        Two that are neighbours exchange their turns, so that nobody else's changes, unless some have the same one.
        """
        line = self._in_order()
        turns = [_turn(job) for job in line]
        place = next(place for place, job in enumerate(line) if job.id == job_id)
        target = max(0, min(place + step, len(line) - 1))
        first, last = min(place, target), max(place, target)
        line.insert(target, line.pop(place))
        changed = list[Job]()
        for number, job in enumerate(line[first:], start=first):
            if changed:
                turns[number] = max(turns[number], _turn(changed[-1]) + 1)
            if number > last and turns[number] == _turn(job):
                break
            changed.append(replace(job, priority=job.sequence - turns[number]))
        return changed

    def _in_order(self) -> list[Job]:
        return sorted(self.jobs.values(), key=lambda job: (_turn(job), job.sequence))
