"""The jobs that run: each has a runner in a task of its own, and a place at its provider."""

import asyncio
from collections.abc import Callable, Collection

from hfmedia_tui.domain import Job
from hfmedia_tui.engine.places import Places
from hfmedia_tui.engine.runner import Runner
from hfmedia_tui.engine.tools import Tools

__all__ = ['Workers']


class Workers:
    """Runs jobs until they end, however that is, and gives their places back."""

    def __init__(
        self,
        tools: Tools,
        publish: Callable[[Job], None],
        *,
        ended: Callable[[Runner], None],
        freed: Callable[[], None],
    ) -> None:
        """`ended` is called with what drove a job that has ended, `freed` when a running job has let its place go."""
        self._tools = tools
        self._publish = publish
        self._ended = ended
        self._running: dict[str, tuple[Runner, asyncio.Task[None]]] = {}
        self.places = Places(tools.limits, freed=freed)

    def __bool__(self) -> bool:
        """Whether any job runs."""
        return bool(self._running)

    @property
    def names(self) -> Collection[str]:
        """Ids of the jobs that run."""
        return self._running.keys()

    @property
    def runners(self) -> tuple[Runner, ...]:
        return tuple(runner for runner, _ in self._running.values())

    def have_room(self) -> bool:
        """Whether one more job may be started."""
        return self.places.has_room(len(self._running))

    def runner(self, job: Job) -> Runner:
        """What drives a job; it does nothing yet."""
        return Runner(job, self._tools, self._publish, self.places)

    def start(self, job: Job) -> None:
        """Start a job at the provider that it asks first, whether there is a place or not."""
        if job.next_provider is not None:
            self.places.hold(job.id, job.next_provider)
        runner = self.runner(job)
        self._running[job.id] = (runner, asyncio.create_task(self._run(runner), name=f'job {job.id}'))

    async def _run(self, runner: Runner) -> None:
        try:
            await runner.run()
        finally:
            del self._running[runner.job.id]
            self.places.let_go(runner.job.id)
            self._ended(runner)

    def task(self, job_id: str) -> asyncio.Task[None] | None:
        """What a job runs in; None where it does not run."""
        running = self._running.get(job_id)
        return None if running is None else running[1]

    def silence(self, job_id: str) -> float | None:
        """Seconds for which the provider of a job has not answered; None while it is not being asked."""
        running = self._running.get(job_id)
        return None if running is None else running[0].silence

    async def settle(self) -> None:
        """Return when nothing runs."""
        while self._running:
            await asyncio.wait([task for _, task in self._running.values()])

    async def leave(self, ending: Collection[str]) -> None:
        """Leave every job where it stands, but for those that are `ending`: they are cancelled."""
        await asyncio.sleep(0)  # a task made in this very turn would end before it began
        tasks = []
        for job_id, (runner, task) in self._running.items():
            runner.left = job_id not in ending
            task.cancel()
            tasks.append(task)
        if tasks:
            await asyncio.wait(tasks)
