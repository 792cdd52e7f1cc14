"""What tmux does with what we write, where it stands between us and the terminal.

It hands on what is wrapped for the terminal (https://github.com/tmux/tmux/wiki/FAQ), but forgets it silently when it
comes too fast, for a window that is not shown, or while it waits to draw its window anew
(https://github.com/tmux/tmux/blob/3.3a/tty.c: what came too fast is counted, the others are not).
"""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

__all__ = ['COUNTED', 'Passing', 'TmuxClient', 'ask_tmux', 'find_tmux_client', 'insist', 'through_tmux']

COUNTED: Final = 0.2
"""Seconds after which tmux has counted what it threw away; it does so ten times a second."""
_INSISTING: Final = 15
"""How often, at most, something is sent: for some three seconds."""
_AMONG_OTHERS: Final = 3
"""How often it is sent while tmux draws something else: nobody knows whether it was among what tmux sent then."""


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
    written: int = 0
    """Bytes that tmux has sent there so far, those it drew itself among them."""
    visible: bool = True
    """Whether our window is the one that it shows: for another tmux passes no pictures on, unless told to."""


def find_tmux_client(environment: Mapping[str, str] = os.environ) -> TmuxClient | None:
    """Ask tmux where it shows our pane now; None where it is detached, or too old to know. Blocking, some 5 ms."""
    told = '#{client_created} #{client_pid}|#{client_termtype}|#{client_discarded}|#{client_written}|#{window_active}'
    command = ['tmux', 'display-message', '-p', '-t', environment.get('TMUX_PANE', ''), told]
    try:
        answer = subprocess.run(command, env=dict(environment), capture_output=True, timeout=0.5, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    since, _, rest = answer.stdout.decode(errors='replace').strip().partition('|')
    if not since.strip():
        return None
    name, *counts, active = rest.rsplit('|', 3)
    discarded, written = (int(count) if count.isdecimal() else 0 for count in counts)
    return TmuxClient(since, name, discarded, written, active != '0')


def through_tmux(sequence: str) -> str:
    """Wrap an escape sequence so that tmux hands it to the terminal."""
    return '\x1bPtmux;' + sequence.replace('\x1b', '\x1b\x1b') + '\x1b\\'


def insist(sequences: Sequence[str], screen: int) -> None:
    """Write to the terminal behind tmux until that seems to have passed it on. Blocking, mostly 0.2 s."""
    size = len(''.join(sequences))
    wrapped = ''.join(map(through_tmux, sequences)).encode()
    passed = 0
    for _ in range(_INSISTING):
        before = _find_caught_up()
        try:
            os.write(screen, wrapped)
        except OSError:  # the terminal went away, and what it kept with it
            return
        _find_caught_up()  # it has read that by now
        time.sleep(COUNTED)
        after = _find_caught_up()
        if before is None or after is None or after.discarded != before.discarded:  # None: it is too busy to answer
            continue
        sent = after.written - before.written
        passed += sent >= size
        if sent == size or passed == _AMONG_OTHERS:
            return


def _find_caught_up() -> TmuxClient | None:
    """Ask twice: a tmux that got no processor for a while answers first, and counts and reads what was due after it."""
    find_tmux_client()
    return find_tmux_client()
