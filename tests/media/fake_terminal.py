"""The other side of a real pseudo-terminal: it answers as known terminals do, late if need be, and types."""

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

CHILD: Final = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
import msgspec
from hfmedia_tui.media.terminal import probe
before = termios.tcgetattr(0)
terminal = probe(float(sys.argv[2]))
same = termios.tcgetattr(0) == before
with open(sys.argv[1], 'wb') as report:
    report.write(msgspec.json.encode({'same': same, **msgspec.structs.asdict(terminal)}))
"""
"""Probes with a pseudo-terminal as its controlling one, as a shell's child has it."""

KITTY_QUERY, VERSION, CELL, ATTRIBUTES = b'\x1b_Gi=31,', b'\x1b[>0q', b'\x1b[16t', b'\x1b[c'
WIDEST = b'\x1b[?2;4;0S'
TMUX_VERSION, TMUX_ATTRIBUTES = b'\x1b[>q', b'\x1b[>c'
"""What tmux asks for itself, when it starts: until it has its answers, it takes those to others for its own."""


@dataclass
class FakeTerminal:
    """Answers each question as told, in the order in which they came."""

    answers: Mapping[bytes, bytes] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds between a question and its answer."""
    typed: bytes = b''
    """What a person types as soon as the first question has come."""
    pixels: bool = True
    """Whether the kernel knows the size in pixels: 80 by 24 cells of 8 by 16."""
    heard: bytes = b''

    def run(self, command: list[str], environment: Mapping[str, str], limit: float = 20) -> None:
        """Run a command in this terminal until it ends."""
        master, slave = pty.openpty()
        width, height = (640, 384) if self.pixels else (0, 0)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, width, height))
        child = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
        os.close(slave)
        question = re.compile(b'|'.join(map(re.escape, self.answers)) or rb'(?!)')
        understood, deadline = 0, time.monotonic() + limit
        due: list[tuple[float, bytes]] = []
        try:
            while child.poll() is None and time.monotonic() < deadline:
                while due and due[0][0] <= time.monotonic():
                    os.write(master, due.pop(0)[1])
                if not select.select([master], [], [], 0.005)[0]:
                    continue
                with contextlib.suppress(OSError):  # the child is gone
                    self.heard += os.read(master, 65536)
                for match in question.finditer(self.heard, understood):
                    if self.typed:
                        os.write(master, self.typed)
                        self.typed = b''
                    due.append((time.monotonic() + self.delay, self.answers[match[0]]))
                    understood = match.end()
            assert child.poll() == 0, f'the command ended with {child.poll()}: {self.heard!r}'
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()
            os.close(master)


def kitty(version: str) -> dict[bytes, bytes]:
    return {
        KITTY_QUERY: b'\x1b_Gi=31;OK\x1b\\',
        VERSION: f'\x1bP>|kitty({version})\x1b\\'.encode(),
        TMUX_VERSION: f'\x1bP>|kitty({version})\x1b\\'.encode(),
        TMUX_ATTRIBUTES: b'\x1b[>1;4000;32c',
        CELL: b'\x1b[6;22;11t',
        ATTRIBUTES: b'\x1b[?62;c',
    }


XTERM = {VERSION: b'\x1bP>|XTerm(379)\x1b\\', CELL: b'\x1b[6;19;9t', ATTRIBUTES: b'\x1b[?63;1;2;4;6;22c'}
WEZTERM = {**kitty('0'), VERSION: b'\x1bP>|WezTerm 20240203\x1b\\', ATTRIBUTES: b'\x1b[?65;4;6;18;22c'}
GHOSTTY = {**kitty('0'), VERSION: b'\x1bP>|ghostty 1.1.3\x1b\\', ATTRIBUTES: b'\x1b[?62;22c'}


def probed(
    terminal: FakeTerminal, report: Path, environment: Mapping[str, str] | None = None, timeout: float = 1.5
) -> dict[str, Any]:
    """Probe in `terminal`, and return what was found, with whether the terminal's mode is as it was."""
    variables = {'PATH': os.environ['PATH'], 'TERM': 'xterm-256color', **(environment or {})}
    terminal.run([sys.executable, '-c', CHILD, str(report), str(timeout)], variables)
    found: dict[str, Any] = json.loads(report.read_bytes())
    return found
