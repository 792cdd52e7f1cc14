"""A house that saves nothing of what has arrived, in a process to be killed.

Run as `python -m tests.engine.stuck_saving HOME URL PROVIDER`: it asks for two jobs, one at a time, and prints a line
when the answers of both lie here.
"""

import asyncio
import sys
import threading
from pathlib import Path

from hfmedia_tui.domain import MediaFacts, Stage
from hfmedia_tui.paths import find_paths
from hfmedia_tui.services import Ask, Limits, opening
from tests.houses import opened


def _never(path: Path) -> MediaFacts:
    threading.Event().wait()
    raise AssertionError


async def _save(home: str, url: str, provider: str) -> None:
    async with opened(find_paths({'HFMEDIA_HOME': home}), url, limits=Limits(total=1, per_provider=1)) as house:
        subscription = house.pool.subscribe()
        await house.submit(Ask(model='a/b', prompt='a fox', provider=provider, count=2))
        saved = set[str]()
        async for job in subscription:
            if job.progress.stage is Stage.SAVING:
                saved.add(job.id)
            if len(saved) == 2:
                print(flush=True)  # noqa: T201 - it is waited for
                await asyncio.Event().wait()


if __name__ == '__main__':
    opening.inspect = _never  # type: ignore[attr-defined]
    asyncio.run(_save(*sys.argv[1:]))
