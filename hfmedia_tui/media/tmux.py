"""What tmux does with what we write, where it stands between us and the terminal.

It hands on what is wrapped for the terminal (https://github.com/tmux/tmux/wiki/FAQ), but forgets it silently when it
comes too fast, or for a window that is not shown (https://github.com/tmux/tmux/blob/3.3a/tty.c).
"""

import os
import subprocess
import time
from collections.abc import Mapping
from typing import Final, NamedTuple

__all__ = ['COUNTED', 'Passing', 'TmuxClient', 'ask_tmux', 'find_tmux_client', 'insist', 'through_tmux']

COUNTED: Final = 0.2
"""Seconds after which tmux has counted what it threw away; it does so ten times a second."""
_INSISTING: Final = 15
"""How often, at most, something is sent: for some three seconds."""


class Passing(NamedTuple):
    """What tmux does with what we write."""

    truecolor: bool = False
    passes: bool = False
    """Whether it lets sequences through to the terminal behind it; by default it does not."""


def ask_tmux(environment: Mapping[str, str]) -> Passing:
    """Ask tmux itself (3.3 and newer can tell whether they pass sequences on)."""
    pane = environment.get('TMUX_PANE', '')
    features = ['display-message', '-p', '-t', pane, '#{client_termfeatures}']
    passing = ['show-options', '-Aqpv', '-t', pane, 'allow-passthrough']
    try:
        answer = subprocess.run(
            ['tmux', *features, ';', *passing], env=dict(environment), capture_output=True, timeout=0.5, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return Passing()
    client, _, option = answer.stdout.partition(b'\n')
    return Passing(b'RGB' in client.split(b','), option.strip() in (b'on', b'all'))


class TmuxClient(NamedTuple):
    """The terminal in which tmux shows what we write."""

    since: str
    """When it was attached."""
    name: str
    """What it calls itself, as `kitty(0.32.2)`."""
    discarded: int = 0
    """Bytes that tmux has thrown away so far because it did not take them fast enough."""
    visible: bool = True
    """Whether our window is the one that it shows: for another tmux passes no pictures on, unless told to."""


def find_tmux_client(environment: Mapping[str, str] = os.environ) -> TmuxClient | None:
    """Ask tmux where it shows our pane now; None where it is detached, or too old to know. Blocking, some 5 ms."""
    told = '#{client_created} #{client_pid}|#{client_termtype}|#{client_discarded}|#{window_active}'
    command = ['tmux', 'display-message', '-p', '-t', environment.get('TMUX_PANE', ''), told]
    try:
        answer = subprocess.run(command, env=dict(environment), capture_output=True, timeout=0.5, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    since, _, rest = answer.stdout.decode(errors='replace').strip().partition('|')
    if not since.strip():
        return None
    name, discarded, active = rest.rsplit('|', 2)
    return TmuxClient(since, name, int(discarded) if discarded.isdecimal() else 0, active != '0')


def through_tmux(sequence: str) -> str:
    """Wrap an escape sequence so that tmux hands it to the terminal."""
    return '\x1bPtmux;' + sequence.replace('\x1b', '\x1b\x1b') + '\x1b\\'


def insist(wrapped: str, screen: int) -> None:
    """Write what is wrapped for the terminal until tmux seems to have passed it on. Blocking, mostly 0.2 s."""
    for _ in range(_INSISTING):
        before = find_tmux_client()
        try:
            os.write(screen, wrapped.encode())
        except OSError:  # the terminal went away, and what it kept with it
            return
        time.sleep(COUNTED)
        if before is not None and find_tmux_client() == before:  # None may be a tmux that is too busy to answer
            return
