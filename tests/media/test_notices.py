"""Sequences for notifications, progress and titles, terminal by terminal."""

import pytest

from hfmedia_tui.media.notices import Notices, Protocol, Switch, title
from hfmedia_tui.media.terminal import Terminal

XTERM = {'TERM': 'xterm-256color'}
HOSTILE = 'a;b\x1b]0;owned\x07\x9d52;c;x\x9c\n\u202ec\x00'


@pytest.mark.parametrize(
    ('version', 'environment', 'protocol', 'progress'),
    [
        ('kitty(0.32.0)', XTERM, Protocol.OSC_99, False),
        ('ghostty 1.2.0', XTERM, Protocol.OSC_777, True),
        ('foot(1.13.1)', XTERM, Protocol.OSC_777, False),
        ('WezTerm 20240203-110809', XTERM, Protocol.OSC_777, True),
        ('iTerm2 3.5.0', XTERM, Protocol.OSC_9, False),
        ('iTerm2 3.6.9', XTERM, Protocol.OSC_9, True),
        ('VTE(7600)', XTERM, Protocol.OSC_777, False),
        ('VTE(8000)', XTERM, Protocol.OSC_777, True),
        ('XTerm(379)', XTERM, Protocol.OFF, False),
        ('XTerm(379)', {**XTERM, 'VTE_VERSION': '8000'}, Protocol.OFF, False),
        ('', {'TERM': 'xterm-kitty'}, Protocol.OSC_99, False),
        ('', {'TERM': 'foot-extra'}, Protocol.OSC_777, False),
        ('', {**XTERM, 'WT_SESSION': 'x'}, Protocol.OFF, True),
        ('', {**XTERM, 'TERM_PROGRAM': 'iTerm.app', 'TERM_PROGRAM_VERSION': '3.6.6'}, Protocol.OSC_9, True),
        ('', {**XTERM, 'VTE_VERSION': '7603'}, Protocol.OSC_777, False),
        ('', {'TERM': 'linux', 'TERM_PROGRAM': 'kitty'}, Protocol.OFF, False),
        ('', {'TERM': 'screen-256color', 'STY': '1.x', 'VTE_VERSION': '8000'}, Protocol.OFF, False),
        ('', {}, Protocol.OFF, False),
    ],
)
def test_a_terminal_gets_what_it_is_known_to_take(
    version: str, environment: dict[str, str], protocol: Protocol, progress: bool
) -> None:
    notices = Notices(Terminal(version=version), environment)
    assert notices.protocol is protocol
    assert notices.has_progress is progress
    assert bool(notices.notification('hfmedia', 'done')) is (protocol is not Protocol.OFF)
    assert bool(notices.progress(0.5)) is progress
    assert notices.notification('hfmedia', 'done', Protocol.OFF) == notices.progress(0.5, Switch.OFF) == ''


def test_the_sequences_are_the_published_ones() -> None:
    kitty = Notices(Terminal(version='kitty(0.32.0)'), XTERM)
    assert kitty.notification('h', 't') == '\x1b]99;i=hfmedia:d=0;h\x1b\\\x1b]99;i=hfmedia:p=body;t\x1b\\'
    assert kitty.notification('h', '4;x', Protocol.OSC_9) == '\x1b]9;h: 4;x\x1b\\'
    assert kitty.notification('h;i', 't;u', Protocol.OSC_777) == '\x1b]777;notify;h,i;t,u\x1b\\'
    assert kitty.progress(0.256, Switch.ON) == '\x1b]9;4;1;26\x1b\\'
    assert kitty.progress(None, Switch.ON) == '\x1b]9;4;3;0\x1b\\'
    assert kitty.progress(None, Switch.ON, runs=False) == '\x1b]9;4;0;0\x1b\\'


def test_tmux_hands_on_what_it_lets_through_and_is_told_nothing_else() -> None:
    through = Notices(Terminal(version='kitty(0.32.0)', tmux=True), {'TERM': 'tmux-256color'})
    assert through.notification('h', 't', Protocol.OSC_9) == '\x1bPtmux;\x1b\x1b]9;h: t\x1b\x1b\\\x1b\\'
    held_back = Notices(Terminal(tmux=True), {'TERM': 'tmux-256color', 'VTE_VERSION': '8000'})
    assert held_back.notification('h', 't') == held_back.progress(0.5) == ''
    assert held_back.titles


@pytest.mark.parametrize('protocol', [Protocol.OSC_9, Protocol.OSC_777, Protocol.OSC_99])
def test_no_text_gets_out_of_its_sequence(protocol: Protocol) -> None:
    told = Notices(Terminal(), XTERM).notification(HOSTILE, HOSTILE * 100, protocol) + title(HOSTILE)
    sequences = told.split('\x1b\\')
    assert sequences.pop() == ''
    for sequence in sequences:
        assert sequence.startswith('\x1b]')
        assert sequence[2:].isprintable()
        assert len(sequence) < 500
