import os
import pty
import shutil
import subprocess
import sys
import termios
import tty
from pathlib import Path

import msgspec
import pytest

from hfmedia_tui.errors import UsageError
from hfmedia_tui.media.terminal import (
    CellSize,
    Colours,
    Graphics,
    Terminal,
    has_placeholders,
    interpret,
    is_typing,
    probe,
)
from hfmedia_tui.media.tmux import TmuxClient
from tests.media.fake_terminal import ATTRIBUTES, GHOSTTY, WEZTERM, WIDEST, XTERM, FakeTerminal, kitty, probed


@pytest.mark.parametrize(
    ('answers', 'graphics', 'version'),
    [
        (kitty('0.32.0'), 'kitty', 'kitty(0.32.0)'),
        (kitty('0.26.5'), 'half-cells', 'kitty(0.26.5)'),
        (GHOSTTY, 'kitty', 'ghostty 1.1.3'),
        (XTERM, 'sixel', 'XTerm(379)'),
        (WEZTERM, 'sixel', 'WezTerm 20240203'),
        ({ATTRIBUTES: b'\x1b[?1;2c'}, 'half-cells', ''),
    ],
)
def test_terminals_are_known_by_their_answers(
    tmp_path: Path, answers: dict[bytes, bytes], graphics: str, version: str
) -> None:
    found = probed(FakeTerminal(answers), tmp_path / 'report')
    assert (found['graphics'], found['version']) == (graphics, version)
    assert found['answered']
    assert found['same']
    assert found['typed'] == ''


def test_a_slow_link_is_waited_for(tmp_path: Path) -> None:
    found = probed(FakeTerminal(kitty('0.32.0'), delay=0.4, typed='é'.encode()), tmp_path / 'report')
    assert found['graphics'] == 'kitty'
    assert 0.4 < found['elapsed'] < 1.5
    assert found['typed'] == 'é'


def test_a_silent_terminal_costs_the_timeout_and_no_more(tmp_path: Path) -> None:
    found = probed(FakeTerminal(), tmp_path / 'report', timeout=0.2)
    assert found['graphics'] == 'half-cells'
    assert not found['answered']
    assert found['same']
    assert 0.2 <= found['elapsed'] < 1.2


@pytest.mark.parametrize(
    ('typed', 'kept'),
    [
        ('a lighthouse', 'a lighthouse'),
        ('é', 'é'),
        ('夜 🌊 \x1b[Aé\x1bOB\x1b[1;5Cz\t', '夜 🌊 éz'),
        ('\x1b]0;title\x07x\x1bP>|', 'x'),
        ('\r\ra fox\rin snow\r', 'a fox\nin snow\n'),
        ('\r\x7fa foy\x7fx 👩\u200d🚀', 'a fox 👩\u200d🚀'),
    ],
)
def test_what_is_typed_meanwhile_is_kept(tmp_path: Path, typed: str, kept: str) -> None:
    found = probed(FakeTerminal(kitty('0.32.0'), typed=typed.encode(), delay=0.05), tmp_path / 'report')
    assert found['graphics'] == 'kitty'
    assert found['typed'] == kept
    assert found['same']


def press(master: int, keys: bytes) -> None:
    """Press keys, and return when the terminal has taken them: it shows them then."""
    os.write(master, keys)
    shown = b''
    while len(shown) < len(keys):
        shown += os.read(master, 100)


def test_what_is_typed_behind_the_questions_is_noticed_and_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, 'tcgetpgrp', lambda _: os.getpgrp())
    master, slave = pty.openpty()
    here = {'TERM': 'xterm'}
    before = termios.tcgetattr(slave)
    assert not is_typing(slave, slave, here)
    press(master, b'a fox')
    assert is_typing(slave, slave, here)
    assert termios.tcgetattr(slave) == before
    press(master, b'es\r')
    tty.setraw(slave, termios.TCSANOW)
    assert os.read(slave, 100) == b'a foxes\n'
    os.close(slave)
    os.close(master)


def test_bytes_that_are_no_text_hurt_nobody(tmp_path: Path) -> None:
    noise = bytes(byte for byte in range(128, 256)) + b'\xff\xfe\x00\x01'
    found = probed(FakeTerminal(XTERM, typed=noise, delay=0.05), tmp_path / 'report')
    assert found['graphics'] == 'sixel'


@pytest.mark.parametrize(
    ('reply', 'widest'), [(b'\x1b[?2;0;1000;800S', 1000), (b'\x1b[?2;1;0S', None), (b'\x1b[?2;3S', None)]
)
def test_it_is_asked_how_wide_sixel_may_be(tmp_path: Path, reply: bytes, widest: int | None) -> None:
    found = probed(FakeTerminal({**XTERM, WIDEST: reply}, typed=b'x'), tmp_path / 'report')
    assert (found['graphics'], found['widest'], found['typed']) == ('sixel', widest, 'x')


@pytest.mark.parametrize('pixels', [True, False])
def test_the_cell_is_measured_or_asked_for(tmp_path: Path, pixels: bool) -> None:
    found = probed(FakeTerminal(XTERM, pixels=pixels), tmp_path / 'report')
    assert found['cell'] == [9, 19]


def test_the_cell_is_measured_where_the_terminal_tells_only_the_kernel(tmp_path: Path) -> None:
    found = probed(FakeTerminal({ATTRIBUTES: b'\x1b[?1;2c'}), tmp_path / 'report')
    assert found['cell'] == [8, 16]


@pytest.mark.parametrize(
    ('environment', 'answers', 'colours'),
    [
        ({}, XTERM, '256'),
        ({'COLORTERM': 'truecolor'}, XTERM, 'truecolor'),
        ({}, kitty('0.32.0'), 'truecolor'),
        ({'COLORTERM': 'truecolor', 'STY': '1.pts-0', 'TERM': 'screen-256color'}, XTERM, '256'),
    ],
)
def test_colours_are_as_promised(
    tmp_path: Path, environment: dict[str, str], answers: dict[bytes, bytes], colours: str
) -> None:
    assert probed(FakeTerminal(answers), tmp_path / 'report', environment)['colours'] == colours


@pytest.mark.parametrize(
    'environment',
    [{'STY': '1.pts-0', 'TERM': 'screen'}, {'TERM': 'dumb'}, {'TERM': 'linux'}, {'HFMEDIA_GRAPHICS': 'half-cells'}],
)
def test_nothing_is_asked_where_nothing_can_come_of_it(tmp_path: Path, environment: dict[str, str]) -> None:
    terminal = FakeTerminal(XTERM)
    found = probed(terminal, tmp_path / 'report', environment)
    assert found['graphics'] == 'half-cells'
    assert b'\x1b' not in terminal.heard


@pytest.mark.parametrize('choice', list(Graphics))
def test_the_graphics_can_be_forced(tmp_path: Path, choice: Graphics) -> None:
    found = probed(FakeTerminal(XTERM), tmp_path / 'report', {'HFMEDIA_GRAPHICS': choice})
    assert found['graphics'] == choice


def test_a_setting_chooses_unless_the_environment_does() -> None:
    assert probe(environment={}, choice='sixel').graphics is Graphics.SIXEL
    assert probe(environment={'HFMEDIA_GRAPHICS': 'none'}, choice='sixel').graphics is Graphics.NONE
    with pytest.raises(UsageError, match=r'interface\.graphics'):
        probe(environment={}, choice='ascii')


def test_an_unknown_choice_is_refused() -> None:
    with pytest.raises(UsageError, match='HFMEDIA_GRAPHICS'):
        probe(environment={'HFMEDIA_GRAPHICS': 'ascii'})


def test_nothing_is_asked_without_a_terminal(tmp_path: Path) -> None:
    with (tmp_path / 'input').open('wb+') as file:
        terminal = probe(keyboard=file.fileno(), screen=file.fileno(), environment={'TERM': 'xterm'})
    assert terminal == Terminal(colours=Colours.INDEXED)
    assert (tmp_path / 'input').read_bytes() == b''


def test_an_absurd_cell_is_not_believed() -> None:
    assert interpret(b'\x1b[6;0;0t\x1b[?1c', Terminal()).cell == CellSize(10, 20)
    assert interpret(b'\x1b[6;99999;9t\x1b[?1c', Terminal()).cell == CellSize(10, 20)


@pytest.mark.skipif(not shutil.which('tmux'), reason='needs tmux')
@pytest.mark.parametrize(
    ('passing', 'version', 'graphics'),
    [('on', '0.32.0', 'kitty'), ('on', '0.26.5', 'half-cells'), ('off', '0.32.0', 'half-cells')],
)
def test_tmux_is_asked_what_it_lets_through(tmp_path: Path, passing: str, version: str, graphics: str) -> None:
    configuration = tmp_path / 'tmux.conf'
    configuration.write_text(
        f'set -g allow-passthrough {passing}\nset -g escape-time 0\nset -as terminal-features ",*:RGB"\n'
    )
    report = tmp_path / 'report'
    inside = tmp_path / 'inside.py'
    inside.write_text(
        'import sys, msgspec\n'
        'from hfmedia_tui.media.terminal import probe\n'
        'from hfmedia_tui.media.tmux import find_tmux_client\n'
        f'open({str(report)!r}, "wb").write(msgspec.json.encode((probe(), find_tmux_client())))\n'
    )
    environment = {
        'PATH': os.environ['PATH'],
        'TERM': 'xterm-256color',
        'LANG': 'C.UTF-8',
        'TMUX_TMPDIR': str(tmp_path),
    }
    tmux = ['tmux', '-L', 'probe', '-f', str(configuration)]
    try:
        FakeTerminal(kitty(version), typed=b'night').run(
            [*tmux, 'new-session', sys.executable, str(inside)], environment
        )
    finally:
        subprocess.run([*tmux, 'kill-server'], env=environment, capture_output=True, check=False)
    found, client = msgspec.json.decode(report.read_bytes(), type=tuple[Terminal, TmuxClient | None])
    assert (found.graphics, found.colours, found.tmux) == (graphics, Colours.TRUECOLOR, True)
    assert found.elapsed < 1.0
    assert client is not None
    assert has_placeholders(client.name, tmux=True) == (version == '0.32.0')
