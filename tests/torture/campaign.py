"""Ends the program at random moments while it makes pictures and films at every provider, and counts what became of
them: by SIGKILL, by SIGTERM, by taking its terminal away, and two processes at once.

Real processes over one ledger, against a sandbox in a process of its own, which remembers what it was asked for.
"""

import asyncio
import hashlib
import itertools
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Final, NamedTuple, assert_never

import msgspec

from hfmedia_tui.domain import Job, JobState, Stage, Task
from hfmedia_tui.media.inspect import inspect
from hfmedia_tui.paths import Paths, find_paths
from hfmedia_tui.providers import MACHINES
from hfmedia_tui.sandbox.addresses import Addresses
from hfmedia_tui.sandbox.models import MODELS, PROVIDERS
from hfmedia_tui.sandbox.predictions import Prediction
from hfmedia_tui.sandbox.process import running
from hfmedia_tui.store.ledger import Ledger
from tests.cli.screen import Screen

__all__ = ['Blow', 'Campaign', 'Tally', 'campaign']

_PATIENCE: Final = 90.0
"""Seconds after which a process that was not killed is taken for one that hangs."""
_MOMENTS: Final = (None, *Stage, JobState.SUCCEEDED)
"""What a process is seen to come to before it is killed; None for its very start."""
_RESUME: Final = ('resume', '--json')
_COLD: Final = 'sandbox/wakes-up-cold'


class Target(NamedTuple):
    """What one run asks for."""

    model: str
    provider: str
    task: Task

    @property
    def takes_seed(self) -> bool:
        """Whether the sandbox's record of a prediction tells which job it is of."""
        return 'seed' in MACHINES[self.provider].PARAMETERS[self.task]


class Blow(StrEnum):
    """How a process is ended."""

    KILL = 'SIGKILL'
    """To commands, and to the interface."""
    TERM = 'SIGTERM'
    """To the same."""
    HANG_UP = 'SIGHUP'
    """The terminal goes, as it does over SSH: of commands, and of the interface."""
    PAIR = 'two at once'
    """Two processes over the same jobs, each killed at its own moment."""


class Moment(NamedTuple):
    """When a process is struck: this many seconds after it came to something."""

    reached: Stage | JobState | None
    seconds: float


class Tally(NamedTuple):
    """What became of a campaign."""

    kills: int
    """Processes that were struck while they lived."""
    jobs: int
    submits: int
    """Predictions that the sandbox took on."""
    lost: int
    """Jobs that were sent and neither brought a whole file nor are marked as ambiguous, and submits that no job knows
    of."""
    doubled: int
    """Jobs that were submitted more than once."""
    ambiguous: int
    """Jobs that are marked: nobody knows whether they were billed."""
    problems: tuple[str, ...]
    """Each loss and each other broken promise, in a sentence."""


def _targets() -> Iterator[Target]:
    """One model of each provider and task, and one that is cold at first."""
    for provider in PROVIDERS:
        for task in MACHINES[provider].PARAMETERS:
            for model in MODELS.values():
                live = any(offer.provider == provider and offer.status == 'live' for offer in model.offers)
                if model.task is task and model.fault is None and live:
                    yield Target(model.id, provider, task)
                    break
    yield Target(_COLD, 'hf-inference', Task.TEXT_TO_IMAGE)


@asynccontextmanager
async def campaign(folder: Path, *, seed: int, pace: float = 0.3) -> 'AsyncIterator[Campaign]':
    """Open a campaign on a sandbox of its own, below `folder`; `pace` multiplies what the sandbox's work takes."""
    async with running(folder / 'sandbox', pace=pace) as addresses:
        yield Campaign(folder, addresses, seed)


class Campaign:
    """One ledger, and processes over it that are killed."""

    def __init__(self, folder: Path, addresses: Addresses, seed: int) -> None:
        self._random = Random(seed)
        self._predictions = folder / 'sandbox' / 'predictions'
        self._environment = {
            **{name: os.environ[name] for name in ('PATH', 'LANG', 'SYSTEMROOT') if name in os.environ},
            'HOME': str(folder),
            'HF_HOME': str(folder / 'hf'),
            'HFMEDIA_HOME': str(folder / 'home'),
            'HF_TOKEN': 'hf_test',
            'HF_ENDPOINT': addresses.hub,
            'HFMEDIA_ROUTER_URL': addresses.router,
        }
        targets = list(_targets())
        self._random.shuffle(targets)
        self._targets = itertools.cycle(targets)
        settings = self.paths.settings
        settings.parent.mkdir(parents=True)
        settings.write_text('[jobs]\nat_start = "run"\ngrace_seconds = 0\n')
        self._asked: dict[str, Target] = {}
        """Every prompt, and what it was asked of."""
        self._kills = 0
        self._problems = list[str]()

    @property
    def paths(self) -> Paths:
        return find_paths(self._environment)

    async def strike(self, kills: int, blow: Blow, *, at_once: int = 3) -> None:
        """Start processes and strike them, until `kills` of them were."""

        async def lane() -> None:
            while self._kills < kills:
                match blow:
                    case Blow.PAIR:
                        first = self._generate() if self._random.random() < 0.5 else _RESUME
                        await asyncio.gather(self._kill(first), self._kill(_RESUME))
                    case Blow.KILL | Blow.TERM | Blow.HANG_UP if self._random.random() < 0.3:
                        # What a killed process leaves is what the interface goes on with.
                        await self._kill(self._generate(), counts=False)
                        await self._strike_screen(blow)
                    case Blow.KILL:
                        await self._kill(self._generate() if self._random.random() < 0.7 else _RESUME)
                    case Blow.TERM:
                        await self._kill(self._generate() if self._random.random() < 0.7 else _RESUME, signal.SIGTERM)
                    case Blow.HANG_UP:
                        await self._strike_screen(blow, *self._generate(as_json=False))
                    case _:
                        assert_never(blow)

        await asyncio.gather(*(lane() for _ in range(at_once)))

    async def collect(self) -> None:
        """Resume, in two processes at once, until there is nothing left to be resumed."""
        for _ in range(4):
            await asyncio.gather(self._run('resume', '--json'), self._run('resume', '--json'))
            ledger = Ledger(self.paths.ledger)
            await ledger.open()
            left = await ledger.unowned()
            await ledger.close()
            if not left:
                return
        self._problems.append(f'resume leaves {", ".join(job.id for job in left)}')

    # ------------------------------------------------------------------------------------------ processes

    def _generate(self, *, as_json: bool = True) -> tuple[str, ...]:
        target = next(self._targets)
        prompt = f'a lighthouse, number {len(self._asked)}'
        self._asked[prompt] = target
        seed = self._random.randrange(2**31)
        count = self._random.randint(2, 4) if target.takes_seed else 1
        spoken = ('--json',) if as_json else ()
        asked = ('generate', prompt, '--model', f'{target.model}:{target.provider}', '-n', str(count), *spoken)
        side = '1024' if target.provider == 'zai-org' else '320'  # it takes none below
        size = ('--width', side, '--height', side) if target.task is Task.TEXT_TO_IMAGE else ('--num-frames', '9')
        return (*asked, '--seed', str(seed), *size)

    def _moment(self) -> Moment:
        longest = self._random.choice((0.01, 0.1, 0.8))
        return Moment(self._random.choice(_MOMENTS), self._random.uniform(0, longest))

    async def _kill(
        self, arguments: tuple[str, ...], number: signal.Signals = signal.SIGKILL, *, counts: bool = True
    ) -> None:
        """Start the program and send it a signal at some moment, if it lives that long."""
        moment = self._moment()
        process = await self._start(*arguments)
        assert process.stdout is not None
        struck = False
        async with asyncio.timeout(_PATIENCE):
            while moment.reached is not None and (line := await process.stdout.readline()):
                event = json.loads(line)
                if moment.reached in (event['event'], event['job']['progress']['stage']):
                    break
            try:
                async with asyncio.timeout(moment.seconds):
                    await process.wait()
            except TimeoutError:
                # Not `process.kill`: of a process that has just ended it would take the exit code away.
                with suppress(ProcessLookupError):
                    os.kill(process.pid, number)
                    struck = True
            await self._end(process, arguments)
        self._kills += counts and struck and process.returncode not in (0, 1)

    async def _strike_screen(self, blow: Blow, *arguments: str) -> None:
        """Start the program on a terminal, or without arguments the interface, and end it at some moment."""
        screen = await asyncio.to_thread(Screen, {**self._environment, 'TERM': 'xterm-256color'}, *arguments)
        await asyncio.sleep(self._random.uniform(0.2, 6.0))  # the moment is what chance decides
        struck = screen.process.poll() is None
        if struck and blow is Blow.TERM:
            screen.send(signal.SIGTERM)
            if self._random.random() < 0.5:
                await asyncio.sleep(self._random.uniform(0, 1))  # as long as a person waits before asking again
                with suppress(ProcessLookupError):
                    screen.send(signal.SIGTERM)
        elif struck and blow is Blow.KILL:
            screen.send(signal.SIGKILL)
        elif struck:
            await asyncio.to_thread(screen.hang_up)
        try:
            await asyncio.to_thread(screen.process.wait, _PATIENCE)
        except subprocess.TimeoutExpired:
            screen.process.kill()
            self._problems.append(f'{arguments[:1] or "the interface"} did not end after {blow}')
        await asyncio.to_thread(screen.hang_up)
        if b'Traceback' in screen.shown:
            self._problems.append(
                f'{arguments[:1] or "the interface"} ended with a traceback: {screen.shown[-2000:]!r}'
            )
        self._kills += struck

    async def _run(self, *arguments: str) -> None:
        process = await self._start(*arguments)
        async with asyncio.timeout(_PATIENCE):
            await self._end(process, arguments)

    async def _start(self, *arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            '-m',
            'hfmedia_tui',
            *arguments,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=2**22,
        )

    async def _end(self, process: asyncio.subprocess.Process, arguments: tuple[str, ...]) -> None:
        _, said = await process.communicate()
        if b'Traceback' in said:
            self._problems.append(f'{arguments[0]} ended with a traceback: {said.decode()[-2000:]}')

    # ------------------------------------------------------------------------------------------ counting

    async def examine(self) -> Tally:
        """Compare what the ledger and the disk say with what the sandbox was asked for."""
        submits = Counter(self._submitted())
        ledger = Ledger(self.paths.ledger)
        await ledger.open()
        jobs = await ledger.jobs()
        accepted = {
            job.id: any(record.progress and record.progress.accepted for record in await ledger.attempts(job.id))
            for job in jobs
        }
        await ledger.close()
        sent = {job.id: bool(submits[self._key(job.order.prompt, job.seed)]) for job in jobs}
        lost = [
            f'{job.id} {wrong}'
            for job in jobs
            if (wrong := _wrong_with(job, sent=sent[job.id], accepted=accepted[job.id]))
        ]
        known = {self._key(job.order.prompt, job.seed): job for job in jobs}
        lost += [f'the submit of {key} belongs to no job' for key in submits.keys() - known.keys()]
        doubled = [
            f'{known[key].id} was submitted {times} times'
            for key, times in submits.items()
            if times > 1 and key in known
        ]
        self._problems += lost + doubled
        for job in jobs:
            if job.state is JobState.SUCCEEDED and not submits[self._key(job.order.prompt, job.seed)]:
                self._problems.append(f'{job.id} succeeded without a submit')
        self._look_around(jobs)
        return Tally(
            kills=self._kills,
            jobs=len(jobs),
            submits=submits.total(),
            lost=len(lost),
            doubled=len(doubled),
            ambiguous=sum(job.state is JobState.INTERRUPTED for job in jobs),
            problems=tuple(self._problems),
        )

    def _submitted(self) -> Iterator[tuple[str, int | None]]:
        for file in self._predictions.glob('*.json'):
            ask = msgspec.json.decode(file.read_bytes(), type=Prediction).ask
            yield self._key(ask.prompt, ask.seed)

    def _key(self, prompt: str, seed: int) -> tuple[str, int | None]:
        """What tells a job apart on both sides of the wire."""
        return prompt, seed if self._asked[prompt].takes_seed else None

    def _look_around(self, jobs: tuple[Job, ...]) -> None:
        """See that the database is sound, and that nothing lies in the output folder but results."""
        connection = sqlite3.connect(self.paths.ledger)
        (found,) = connection.execute('PRAGMA integrity_check').fetchone()
        connection.close()
        if found != 'ok':
            self._problems.append(f'the database is damaged: {found}')
        homes = {path for job in jobs for output in job.outputs for path in (output.path, f'{output.path}.json')}
        strays = sorted(str(path) for path in self.paths.output.iterdir() if str(path) not in homes)
        self._problems += [f'{stray} lies about' for stray in strays]


def _wrong_with(job: Job, *, sent: bool, accepted: bool) -> str | None:
    """Why a job counts as lost; None for one that has its whole file, that nobody knows whether it was billed, or that
    was cancelled before it was sent.
    """
    if job.state is JobState.CANCELLED and not sent:
        return None
    if job.state is JobState.INTERRUPTED:
        return 'was accepted and is called ambiguous' if accepted else None
    if job.state is not JobState.SUCCEEDED:
        return f'is {job.state}: {job.error}'
    if not job.outputs:
        return 'succeeded without a file'
    for output in job.outputs:
        path = Path(output.path)
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != output.sha256:
            return f'succeeded, and {path} is not whole'
        inspect(path)
    return None
