"""The whole program in a pseudo-terminal, on a sandbox whose Hub lists as many models as are asked for."""

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.inside import MODEL
from tests.engine.loopback import Answer, Asked, serving
from tests.houses import environment_for, sandbox_at

__all__ = ['House', 'house_at']

_SETTINGS: Final = '[jobs]\ntotal = 64\nper_provider = 64\ngrace_seconds = 0\n'


@dataclass(frozen=True)
class House:
    """A home for the program, and the environment in which it finds it."""

    folder: Path
    environment: Mapping[str, str]

    def command(self, scene: str, seconds: float = 0) -> list[str]:
        """What plays a scene of `tests.bench.inside` there, to be run in a pseudo-terminal."""
        return [sys.executable, '-m', 'tests.bench.inside', scene, str(seconds), str(self.folder / 'report.json')]

    def told(self) -> dict[str, Any]:
        """What the scene found out that was played last."""
        report: dict[str, Any] = json.loads((self.folder / 'report.json').read_bytes())
        return report


@contextmanager
def house_at(folder: Path, *, pace: float = 1.0, models: int = 0) -> Iterator[House]:
    """Furnish a house at `folder`, on a sandbox that takes `pace` times its time."""
    (folder / 'config').mkdir(parents=True)
    (folder / 'config' / 'settings.toml').write_text(_SETTINGS)
    with sandbox_at(folder / 'sandbox', pace=pace) as sandbox:

        def answer(asked: Asked) -> Answer:
            if models and asked.path.startswith('/api/models?'):
                return Answer(body=_models(models) if 'text-to-image' in asked.path else b'[]')
            return _of(sandbox.hub, asked)

        with serving(answer) as hub:
            environment = {
                **{'TERM': 'xterm-256color', 'COLORTERM': 'truecolor', 'LANG': 'C.UTF-8', 'PATH': os.environ['PATH']},
                **{'HFMEDIA_HOME': str(folder), 'HF_HOME': str(folder), 'HOME': str(folder)},
                **environment_for(hub.url, sandbox.router),
            }
            yield House(folder, environment)


def _models(count: int) -> bytes:
    offer = {'provider': 'fal-ai', 'providerId': 'fal-ai/flux/dev', 'status': 'live', 'task': 'text-to-image'}
    names = [MODEL, *(f'owner-{number}/model-{number}' for number in range(1, count))]
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
