"""Many pictures asked of one provider at once: by the program's own engine, or by huggingface_hub's client.

Run by `python -m tests.bench overhead`, as `python -m tests.bench.overhead_client SIDE URL FOLDER JOBS CONCURRENCY`. It
prints the seconds that all took, and those of the processor.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from tests.bench.provider import MODEL


async def _ours(url: str, folder: Path, jobs: int, concurrency: int) -> tuple[float, float]:
    from hfmedia_tui.domain import JobState
    from hfmedia_tui.paths import find_paths
    from hfmedia_tui.services import Ask, Limits, open_services
    from tests.houses import environment_for

    paths = find_paths({'HFMEDIA_HOME': str(folder)})
    limits = Limits(total=concurrency, per_provider=concurrency)
    async with open_services(paths, limits=limits, environment=environment_for(url)) as services:
        began, worked = time.perf_counter(), time.process_time()
        asked = await services.submit(Ask(model=MODEL, prompt='a red fox', count=jobs, output=str(folder / 'out')))
        await services.pool.idle()
        told = time.perf_counter() - began, time.process_time() - worked
        assert all(services.pool.jobs[job.id].state is JobState.SUCCEEDED for job in asked)
    return told


async def _theirs(url: str, folder: Path, jobs: int, concurrency: int) -> tuple[float, float]:
    from huggingface_hub import AsyncInferenceClient

    client = AsyncInferenceClient(provider='hf-inference', token='hf_test')
    turns = asyncio.Semaphore(concurrency)

    async def ask(seed: int) -> object:
        async with turns:
            return await client.text_to_image('a red fox', model=f'{url}/hf-inference/models/{MODEL}', seed=seed)

    began, worked = time.perf_counter(), time.process_time()
    await asyncio.gather(*map(ask, range(jobs)))
    return time.perf_counter() - began, time.process_time() - worked


if __name__ == '__main__':
    _side, _url, _folder, _jobs, _concurrency = sys.argv[1:]
    _run = _ours if _side == 'ours' else _theirs
    print(json.dumps(asyncio.run(_run(_url, Path(_folder), int(_jobs), int(_concurrency)))))  # noqa: T201
