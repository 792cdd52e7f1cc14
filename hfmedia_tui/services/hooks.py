"""The user's own command, run when a job of this process has ended."""

import asyncio
import json
import logging
import os
import shlex
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from typing import Final, Self

import msgspec

from hfmedia_tui.domain import FINAL_STATES, Job
from hfmedia_tui.engine.events import Subscription
from hfmedia_tui.services.own_keys import key_variables
from hfmedia_tui.services.told import job_object
from hfmedia_tui.tokens import TOKEN_VARIABLES

__all__ = ['Hooks']

log = logging.getLogger(__name__)

_MOST_AT_ONCE: Final = 8
_PATIENCE_SECONDS: Final = 10.0
"""How long a command is listened to: one that takes longer goes on, and nobody waits for it."""
_LOOK_SECONDS: Final = 0.05


class Hooks:
    """Runs a command for each job of `jobs` that ends. Whatever becomes of it, the job and its files stay as they are.

    The job comes to it as JSON on standard input. It has no terminal, is no shell's line, and of the environment it has
    all but the token and the keys. Close the stream of jobs before this is left: then nothing that ended is missed.
    """

    def __init__(
        self, jobs: Subscription, command: Callable[[], str | None], environment: Mapping[str, str] = os.environ
    ) -> None:
        self.say: Callable[[str], None] = log.warning
        """Is told in a sentence what went wrong."""
        self._jobs = jobs
        self._command = command
        self._environment = environment
        self._places = asyncio.Semaphore(_MOST_AT_ONCE)
        self._running = set[asyncio.Task[None]]()

    async def __aenter__(self) -> Self:
        self._listening = asyncio.create_task(self._listen(), name='hooks')
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._listening
        if self._running:
            await asyncio.wait(self._running)

    async def _listen(self) -> None:
        going = set[str]()
        async for job in self._jobs:
            if job.state not in FINAL_STATES:
                going.add(job.id)
            elif job.id in going:  # else it had ended before, and something else about it changed
                going.discard(job.id)
                if command := (self._command() or '').strip():
                    task = asyncio.create_task(self._run(command, job), name=f'hook of {job.id}')
                    self._running.add(task)
                    task.add_done_callback(self._running.discard)

    async def _run(self, command: str, job: Job) -> None:
        async with self._places:
            try:
                process = await asyncio.to_thread(self._start, command, job)
            except (OSError, ValueError) as error:
                why = error.strerror if isinstance(error, OSError) else str(error)
                self.say(f'The command hooks.finished could not be run for job {job.id}: {why}.')
                return
            until = time.monotonic() + _PATIENCE_SECONDS
            while (code := process.poll()) is None and time.monotonic() < until:  # noqa: ASYNC110 - no event tells of it
                await asyncio.sleep(_LOOK_SECONDS)
            if code:
                self.say(f'The command hooks.finished ended with {code} for job {job.id}.')

    def _start(self, command: str, job: Job) -> subprocess.Popen[bytes]:
        """Start the command. Blocking. Raises OSError, and ValueError for a quotation without an end."""
        secret = {*TOKEN_VARIABLES, *(name for names in key_variables().values() for name in names)}
        words = [os.path.expanduser(word) for word in shlex.split(command)]
        with tempfile.TemporaryFile() as told:  # a pipe would wait for a command that does not read
            told.write(json.dumps(msgspec.to_builtins(job_object(job))).encode() + b'\n')
            told.seek(0)
            return subprocess.Popen(
                words,
                stdin=told,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={name: value for name, value in self._environment.items() if name not in secret},
                start_new_session=True,
            )
