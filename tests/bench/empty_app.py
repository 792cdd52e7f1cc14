"""An app with nothing in it that watches its own event loop: what `tests.bench.stall` holds the program against.

`python -m tests.bench.empty_app REPORT`: it watches from Enter to the last key of a scene, each time anew, and leaves
what it saw in a file when it is left.
"""

import asyncio
import json
import sys
from pathlib import Path

from textual import events
from textual.app import App

from tests.bench.inside import LAST_KEY
from tests.bench.watching import LoopWatch


class Empty(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[dict[str, float]] = []

    def on_key(self, event: events.Key) -> None:
        if event.key == 'enter':
            self.watch_loop = LoopWatch()
            self.watching = asyncio.create_task(self.watch_loop.run())
        elif event.character == LAST_KEY:
            self.watching.cancel()
            self.seen.append(self.watch_loop.report())


if __name__ == '__main__':
    app = Empty()
    app.run()
    Path(sys.argv[1]).write_text(json.dumps(app.seen))
