"""The line of jobs that wait: in which order they go, and which of them may."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import msgspec

from hfmedia_tui.domain import Job

__all__ = ['Line']

replace = msgspec.structs.replace


def _turn(job: Job) -> int:
    """When it is a job's turn: lower goes first. Jobs go as they came, unless they were moved."""
    return job.sequence - job.priority


def _rank(job: Job) -> tuple[int, int]:
    """What jobs are sorted by: of two with the same turn the one that came first goes first."""
    return _turn(job), job.sequence


class Line:
    """Jobs that wait, by their id.

    What may start next is found without looking at all of them: thousands may wait, and it is asked for at every end.
    """

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._order: list[tuple[tuple[int, int], str]] | None = []
        """The ranks of those that wait, in order, and of some that have gone; None where it has to be made anew."""
        self._gone = 0
        """How many at the head of it have gone."""
        self._first_asked: Counter[str | None] = Counter()
        """How many wait for each provider."""
        self.paused = False
        """Whether nothing new starts."""
        self.collecting = set[str]()
        """Jobs that a provider was asked for: to go on with them starts nothing new."""

    @property
    def jobs(self) -> Mapping[str, Job]:
        return MappingProxyType(self._jobs)

    def put(self, job: Job) -> None:
        """Have a job wait, or know it as it stands now."""
        before = self._jobs.get(job.id)
        self._jobs[job.id] = job
        self._first_asked[job.next_provider] += 1
        if before is not None:
            self._first_asked[before.next_provider] -= 1
            if _rank(before) == _rank(job):
                return
        entry = (_rank(job), job.id)
        if before is None and self._order is not None and (not self._order or self._order[-1] < entry):
            self._order.append(entry)
        else:
            self._order = None

    def drop(self, job_id: str) -> None:
        """Have a job wait no more."""
        if (job := self._jobs.pop(job_id, None)) is not None:
            self._first_asked[job.next_provider] -= 1

    def goes_on(self, job: Job) -> bool:
        """Whether a job waits for nothing that only the user can say."""
        return job.id in self.collecting or not (self.paused or job.paused)

    @property
    def moves(self) -> bool:
        """Whether any job waits for something else than the user's word."""
        return any(map(self.goes_on, self._jobs.values()))

    def ready(self, has_place: Callable[[str | None], bool]) -> Iterator[Job]:
        """Jobs that may start where there is a place for them, in the order in which they go.

        Whoever takes one drops it before asking for the next.
        """
        if self._order is None:
            self._order, self._gone = [(_rank(job), job.id) for job in self._in_order()], 0
        order = self._order
        while self._gone < len(order) and order[self._gone][1] not in self._jobs:
            self._gone += 1
        places = self._has_any(has_place)
        for place in range(self._gone, len(order)):
            if not places:
                return
            rank, job_id = order[place]
            job = self._jobs.get(job_id)
            if job is None or _rank(job) != rank or job.sent_in is not None or not self.goes_on(job):
                continue
            if has_place(job.next_provider):
                yield job
                places = self._has_any(has_place)

    def _has_any(self, has_place: Callable[[str | None], bool]) -> bool:
        """Whether there is a place that any job waits for."""
        return any(has_place(provider) for provider, jobs in self._first_asked.items() if jobs)

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
        return sorted(self._jobs.values(), key=_rank)
