"""The event loop's longest stall while 16 jobs run, previews arrive, and somebody searches 20,000 models.

`python -m tests.bench busy` measures it beside an empty Textual app's.
"""

import json
import os
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.bench.busy_app import MODEL
from tests.bench.table import Row
from tests.bench.terminal import KITTY, Answering
from tests.engine.loopback import Answer, Asked, serving
from tests.houses import environment_for, sandbox_at

__all__ = ['measure']

MODELS: Final = 20_000
_LONGEST: Final = 60.0


def measure(*, quick: bool) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name, sandbox_at(Path(name, 'sandbox'), pace=1.0) as sandbox:

        def answer(asked: Asked) -> Answer:
            if asked.path.startswith('/api/models?'):
                return Answer(body=_models() if 'text-to-image' in asked.path else b'[]')
            return _of(sandbox.hub, asked)

        with serving(answer) as hub:
            home = {'HFMEDIA_HOME': name, 'HF_HOME': name, **environment_for(hub.url, sandbox.router)}
            busy = _play('busy', home, _LONGEST, Path(name))
            empty = _play('empty', {}, busy['seconds'], Path(name))
    for figure, name in (('stall', 'longest stall'), ('p99', 'stall, p99'), ('turn', 'longest turn of the loop')):
        yield Row(
            what=f'16 jobs, previews and a search in {MODELS:,} models: {name}',
            ours=busy[figure],
            against='an empty Textual app',
            theirs=empty[figure],
        )


def _play(side: str, environment: Mapping[str, str], seconds: float, folder: Path) -> dict[str, float]:
    report = folder / f'{side}.json'
    told = {'TERM': 'xterm-256color', 'COLORTERM': 'truecolor', 'LANG': 'C.UTF-8', 'PATH': os.environ['PATH']}
    command = [sys.executable, '-m', 'tests.bench.busy_app', side, str(seconds), str(report)]
    Answering(KITTY, columns=160, rows=48).run(command, {**told, **environment}, limit=180)
    figures: dict[str, float] = json.loads(report.read_bytes())
    return figures


def _models() -> bytes:
    offer = {'provider': 'fal-ai', 'providerId': 'fal-ai/flux/dev', 'status': 'live', 'task': 'text-to-image'}
    names = [MODEL, *(f'owner-{number}/model-{number}' for number in range(1, MODELS))]
    return json.dumps(
        [{'id': name, 'likes': 3, 'tags': ['lora'], 'inferenceProviderMapping': [offer]} for name in names]
    ).encode()


def _of(hub: str, asked: Asked) -> Answer:
    """What the sandbox's Hub says."""
    headers = {name: value for name, value in asked.headers.items() if name.lower() == 'authorization'}
    try:
        with urllib.request.urlopen(urllib.request.Request(hub + asked.path, headers=headers)) as reply:
            return Answer(body=reply.read())
    except urllib.error.HTTPError as error:
        return Answer(status=error.code, body=error.read())
