"""Runs one combination against the whole engine over real loopback HTTP, and tells what did not go as it should."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple

from hfmedia_tui.domain import Job, JobState
from hfmedia_tui.errors import AppError, HubError, StoreError
from hfmedia_tui.paths import find_paths
from hfmedia_tui.sandbox.addresses import Addresses
from hfmedia_tui.sandbox.process import running
from hfmedia_tui.services import Ask, Services, open_services
from tests.disks import can_mount, fill, mounted
from tests.faults.policy import EXCEPTIONS, EXPECTED, Expected, Fault, Stage, Way, impossible
from tests.faults.wire import Recording, Wire

__all__ = ['Combination', 'combinations', 'one_of_each', 'run_all']

_AT_ONCE: Final = 24
_PATIENCE: Final = 0.01
_SILENCE: Final = 3.0
_DEADLINE: Final = 6.0
_NO_DEADLINE: Final = 120.0
_MORE_RETRIES: Final = 5


class Scene(NamedTuple):
    """One provider, asked for one model."""

    name: str
    provider: str
    model: str
    way: Way


SCENES: Final = (
    Scene('fal-ai', 'fal-ai', 'black-forest-labs/FLUX.1-dev', Way.QUEUE),
    Scene('replicate', 'replicate', 'sandbox/answers-before-it-is-done', Way.QUEUE),
    Scene('replicate (held)', 'replicate', 'black-forest-labs/FLUX.1-dev', Way.LINK),
    Scene('wavespeed', 'wavespeed', 'black-forest-labs/FLUX.1-dev', Way.QUEUE),
    Scene('together', 'together', 'black-forest-labs/FLUX.1-dev', Way.INLINE),
    Scene('together (film)', 'together', 'zai-org/CogVideoX-5b', Way.QUEUE),
    Scene('novita', 'novita', 'zai-org/CogVideoX-5b', Way.QUEUE),
    Scene('nscale', 'nscale', 'black-forest-labs/FLUX.1-schnell', Way.INLINE),
    Scene('deepinfra', 'deepinfra', 'black-forest-labs/FLUX.1-schnell', Way.INLINE),
    Scene('zai-org', 'zai-org', 'zai-org/CogView4-6B', Way.QUEUE),
    Scene('hf-inference', 'hf-inference', 'black-forest-labs/FLUX.1-dev', Way.INLINE),
    Scene('hf-free', 'hf-free', 'black-forest-labs/FLUX.1-dev', Way.INLINE),
)
"""Every provider, and each way by which it gives results."""


class Combination(NamedTuple):
    scene: Scene
    stage: Stage
    fault: Fault

    def __str__(self) -> str:
        return f'{self.fault} at {self.stage} of {self.scene.name}'

    @property
    def impossible(self) -> str | None:
        """Why it cannot be, or cannot be here; None where it can."""
        if self.fault is Fault.DISK_FULL and not can_mount():
            return 'no small file system can be mounted here'
        return impossible(self.stage, self.fault, self.scene.way)

    @property
    def expected(self) -> Expected:
        usual = EXPECTED[self.stage][self.fault]
        expected = EXCEPTIONS.get((self.scene.provider, self.stage, self.fault), usual)
        if self.stage is Stage.MEDIA and self.scene.way is Way.INLINE:
            return expected._replace(submits_after_retry=2, says='')
        return expected


def one_of_each() -> Iterator[Combination]:
    """Every fault once at every stage, each provider in its turn."""
    turn = 0
    for stage in Stage:
        for fault in Fault:
            every = [combination for combination in combinations() if combination[1:] == (stage, fault)]
            possible = [combination for combination in every if combination.impossible is None]
            if possible:
                yield possible[turn % len(possible)]
                turn += 1


async def run_all(chosen: Iterable[Combination], folder: Path) -> dict[Combination, list[str]]:
    """Run combinations in one event loop, some at a time: the problems of each."""
    chosen = list(chosen)
    # A bomb keeps the loop busy for as long as it takes to unpack what is allowed: two would look like a stall.
    places, bombs = asyncio.Semaphore(_AT_ONCE), asyncio.Lock()
    async with running(folder / 'sandbox', pace=0) as sandbox:
        scenes = list(dict.fromkeys(combination.scene for combination in chosen))
        recorded = await asyncio.gather(*(record(sandbox, folder / 'clean', scene) for scene in scenes))
        recordings = dict(zip(scenes, recorded, strict=True))

        async def judge(combination: Combination) -> list[str]:
            async with bombs if combination.fault is Fault.BOMB else places:
                return await run(combination, sandbox, recordings[combination.scene], folder / 'runs')

        problems = await asyncio.gather(*(judge(combination) for combination in chosen))
    return dict(zip(chosen, problems, strict=True))


def combinations(scenes: Sequence[Scene] = SCENES) -> Iterator[Combination]:
    """Every fault at every stage for every provider; the Hub's list is nobody's, and comes once."""
    for stage in Stage:
        for fault in Fault:
            for scene in scenes[:1] if stage is Stage.LIST else scenes:
                yield Combination(scene, stage, fault)


async def record(sandbox: Addresses, folder: Path, scene: Scene) -> Recording:
    """What the sandbox says to one clean run."""
    recording = Recording()
    async with Wire(sandbox, recording, record=True) as wire, _house(wire, folder / scene.name, 60.0) as house:
        await house.catalog.models()
        (job,) = await house.submit(Ask(model=scene.model, prompt='a fox', provider=scene.provider))
        await house.pool.idle()
        done = house.pool.jobs[job.id]
        assert done.state is JobState.SUCCEEDED, (scene, done.error)
    polls = recording.answers[Stage.POLL]
    recording.answers[Stage.POLL] = polls[:1] + polls[1:][-1:]
    assert recording.way is scene.way, scene
    return recording


@asynccontextmanager
async def _house(wire: Wire, home: Path, silence: float = _SILENCE) -> AsyncIterator[Services]:
    environment = {
        'HF_ENDPOINT': wire.url('hub'),
        'HFMEDIA_ROUTER_URL': f'{wire.url("router")}/router',
        'HF_TOKEN': 'hf_anything',
    }
    paths = find_paths({'HFMEDIA_HOME': str(home)})
    async with open_services(paths, environment=environment, patience=_PATIENCE, silence=silence) as house:
        yield house


async def run(combination: Combination, sandbox: Addresses, recording: Recording, folder: Path) -> list[str]:
    """Run one combination: what did not go as it should, in sentences."""
    scene, stage, fault = combination
    home = folder / f'{scene.name}-{stage}-{fault}'.replace(' ', '-')
    with ExitStack() as stack:
        if fault is Fault.DISK_FULL:
            stack.enter_context(mounted(home, '16m'))
        async with Wire(sandbox, recording) as wire, _house(wire, home) as house:
            wire.break_at(stage, fault)
            if fault is Fault.DISK_FULL:
                wire.when_asked = lambda: fill(home)
            problems = await (_list if stage is Stage.LIST else _generate)(combination, wire, house)
            if wire.strayed:
                problems.append('somebody followed the redirect')
            return problems


async def _mend(wire: Wire, house: Services) -> None:
    await wire.mend()
    (house.paths.output.parent / '.filling').unlink(missing_ok=True)


async def _list(combination: Combination, wire: Wire, house: Services) -> list[str]:
    problems = list[str]()
    try:
        await house.catalog.models()
        problems.append('the list came nevertheless')
    except HubError as error:
        problems += _speechless(error.message, error.hint)
    await _mend(wire, house)
    if not await house.catalog.models():
        problems.append('there is no list when the fault is mended')
    return problems


async def _generate(combination: Combination, wire: Wire, house: Services) -> list[str]:
    expected, scene = combination.expected, combination.scene
    ask = Ask(
        model=scene.model,
        prompt='a fox',
        provider=scene.provider,
        timeout=_DEADLINE if expected.at_the_deadline else _NO_DEADLINE,
    )
    problems = list[str]()
    job: Job | None = None
    try:
        (job,) = await house.submit(ask)
    except (HubError, StoreError) as error:
        problems += _speechless(error.message, error.hint)
        if expected.state is not None:
            problems.append(f'nothing was queued: {error}')
    if job is not None:
        await house.pool.idle()
        job = house.pool.jobs[job.id]
        problems += _compare(job, expected)
        problems += _left_in(house, expected)
    if wire.submits != expected.submits:
        problems.append(f'{wire.submits} submits were sent, not {expected.submits}')
    await _mend(wire, house)
    return problems + await _try_again(job, ask, expected, wire, house)


def _compare(job: Job, expected: Expected) -> list[str]:
    if job.error is None or job.state is not expected.state:
        return [f'it is {job.state}, not {expected.state}: {job.error}']
    problems = _speechless(job.error.message, job.error.hint)
    if job.error.code is not expected.code:
        problems.append(f'it is called {job.error.code}, not {expected.code}: {job.error.message}')
    if expected.says not in f'{job.error.message} {job.error.hint}':
        problems.append(f'it does not say {expected.says!r}: {job.error.message} | {job.error.hint}')
    if any(sign in f'{job.error.message} {job.error.hint}' for sign in ('<html', '\x1b', 'Traceback')):
        problems.append(f'it shows what is for machines: {job.error.message}')
    return problems


def _speechless(message: str, hint: str | None) -> list[str]:
    return [] if message and hint else [f'it does not say what to do: {message} | {hint}']


def _left_in(house: Services, expected: Expected) -> list[str]:
    """What a failed job may leave: nothing in the output folder, and what was refused in the shelter alone."""
    problems = list[str]()
    output, shelter = house.paths.output, house.paths.data / 'shelter'
    if output.exists() and (left := os.listdir(output)):
        problems.append(f'it left {left} in the output folder')
    refused = [path for path in shelter.iterdir() if not path.name.startswith('.')] if shelter.exists() else []
    if bool(refused) != expected.kept:
        problems.append(f'{refused} lie in the shelter')
    if any(path.stat().st_mode & 0o077 for path in refused):
        problems.append('others can read what lies in the shelter')
    return problems


async def _try_again(job: Job | None, ask: Ask, expected: Expected, wire: Wire, house: Services) -> list[str]:
    """A retry, when the fault is mended, brings the result, at the price that the table says."""
    try:
        if job is None:
            (job,) = await house.submit(ask)
        else:
            await house.retry(job.id)
        await house.pool.idle()
        for _ in range(_MORE_RETRIES if expected.at_the_deadline else 0):
            # On a busy machine so short a deadline strikes again; to go on costs nothing, or the count will tell.
            if house.pool.jobs[job.id].state is not JobState.SUCCEEDED:
                await house.retry(job.id)
                await house.pool.idle()
    except AppError as error:
        return [f'it cannot be tried again: {error}']
    done = house.pool.jobs[job.id]
    if done.state is not JobState.SUCCEEDED:
        return [f'tried again it is {done.state}: {done.error}']
    problems = list[str]()
    if wire.submits != expected.submits_after_retry:
        problems.append(f'{wire.submits} submits were sent in all, not {expected.submits_after_retry}')
    if not all(Path(output.path).stat().st_size == output.size for output in done.outputs):
        problems.append('what came home is not whole')
    return problems
