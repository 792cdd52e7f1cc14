"""The recording terminal itself: what it would not notice, no test would."""

import base64
import io
import sys

import pytest
from PIL import Image

from hfmedia_tui.media import kitty
from tests.media.files import BLUE, RED, encoded
from tests.terminals.holding import Holding
from tests.terminals.kinds import GHOSTTY, KITTY, OLD_KITTY, PLAIN, VT340, Answers
from tests.terminals.link import Link
from tests.terminals.recording import RecordingTerminal
from tests.terminals.sequences import Kind, Splitter


def writing(text: str, answers: Answers, bits: float = 0) -> RecordingTerminal:
    return RecordingTerminal(
        [sys.executable, '-c', 'import sys; sys.stdout.write(sys.argv[1])', text], answers, size=(20, 6), bits=bits
    )


def pieces(colour: tuple[int, int, int]) -> tuple[str, ...]:
    return (base64.b64encode(encoded('PNG', Image.new('RGB', (40, 40), colour))).decode(),)


def placed(number: int, colour: tuple[int, int, int]) -> str:
    """A picture of four by two cells in the upper left corner."""
    lines = [f'\x1b[{row + 1};1H' + kitty.placeholders(number, 4, row) + '\x1b[0m' for row in range(2)]
    return ''.join([*kitty.upload(pieces(colour), number, 4, 2), *lines])


def test_sequences_are_whole_however_they_arrive() -> None:
    stream = 'é夜\x1b[31mred\x1b_Ga=d\x1b\\\x1bP0;1q#0~\x1b\\\x1b]0;title\x07\x1b7\x1b[?25l'.encode()
    kinds = [Kind.TEXT, Kind.CONTROL, Kind.TEXT, Kind.APPLICATION, Kind.DEVICE, Kind.OTHER, Kind.OTHER, Kind.CONTROL]
    assert [sequence.kind for sequence in Splitter().feed(stream)] == kinds
    by_bytes = Splitter()
    received = [sequence for byte in stream for sequence in by_bytes.feed(bytes([byte]))]
    assert b''.join(sequence.whole for sequence in received) == stream
    assert [sequence.kind for sequence in received if sequence.kind is not Kind.TEXT] == kinds[1:2] + kinds[3:]
    assert not by_bytes.waits


def test_what_is_cut_off_is_forgotten() -> None:
    received = list(Splitter().feed(b'one\x1b[48\x1b[31mtwo\x1b_Ga=t\x1b[32m\x1b\x1b[33mthree'))
    assert [sequence.whole for sequence in received if sequence.kind is not Kind.BROKEN] == [
        *(b'one', b'\x1b[31m', b'two', b'\x1b[32m', b'\x1b[33m', b'three')
    ]


def test_what_is_cut_off_in_a_movement_of_the_cursor_is_forgotten() -> None:
    """So does tmux where it cannot keep up: what it throws away ends anywhere, and it moves the cursor behind that."""
    with writing('lost\x1b[4\b\b\x1b[m\x1b\r\n\x1b[38;2;1é!', PLAIN) as terminal:
        assert terminal.until_ended() == 0
        assert terminal.text().splitlines()[:2] == ['lost', 'é!']


def test_a_picture_is_seen_where_its_placeholders_are() -> None:
    with writing(placed(7, RED) + '\x1b[4;1Hwords ▀', KITTY) as terminal:
        assert terminal.until_ended() == 0
        assert terminal.shown == {7}
        assert terminal.text().splitlines()[3] == 'words ▀'
        seen = terminal.look()
        assert seen.getpixel((39, 39)) == RED
        assert seen.getpixel((40, 0)) == seen.getpixel((0, 40)) == (0, 0, 0)
        assert terminal.holding.weight == 40 * 40 * 4
        assert terminal.traffic.kitty > 100


def test_what_is_released_is_seen_no_more() -> None:
    with writing(placed(7, RED) + placed(8, BLUE) + kitty.release(8), KITTY) as terminal:
        terminal.until_ended()
        assert terminal.shown == {8}
        assert terminal.look().getpixel((5, 5)) == (0, 0, 0)
        assert list(terminal.holding.held) == [7]
        assert (terminal.holding.released, terminal.holding.released_in_vain) == ([8], [])
        assert terminal.holding.faults == []


def test_the_same_picture_again_is_told_from_another() -> None:
    with writing(placed(1, RED) + placed(2, BLUE) + placed(3, RED), KITTY) as terminal:
        terminal.until_ended()
        first, second, third = terminal.holding.uploads
        assert first.digest == third.digest != second.digest


@pytest.mark.parametrize(
    ('text', 'answers', 'fault'),
    [
        ('\U0010eeee', PLAIN, 'placeholders'),
        ('\U0010eeee', OLD_KITTY, 'placeholders'),
        (placed(1, RED), VT340, "a picture by Kitty's protocol"),
        ('\x1bP0;1;0q"1;1;6;6#0~\x1b\\', GHOSTTY, 'a Sixel image'),
        ('\x1b[6;1H\x1bP0;1;0q"1;1;6;6#0~\x1b\\', VT340, 'a Sixel image on the last row, which scrolls the screen'),
    ],
)
def test_what_a_terminal_cannot_draw_is_noted(text: str, answers: Answers, fault: str) -> None:
    with writing(text, answers) as terminal:
        terminal.until_ended()
        assert fault in terminal.faults


@pytest.mark.parametrize(
    'command',
    [
        'a=t,f=100,i=3,q=2;AAAA',
        'a=t,f=100,i=16777216,q=2;' + pieces(RED)[0],
        'a=t,f=100,i=3,t=f;L3RtcC94',
        'a=t,f=100,i=3;' + 'A' * 5000,
        'a=p,U=1,i=3',
        'a=d,I=3',
    ],
)
def test_what_kitty_would_choke_on_is_noted(command: str) -> None:
    holding = Holding(placeholders=True)
    holding.obey(command.encode())
    assert len(holding.faults) >= 1


def test_an_upload_is_acknowledged_as_asked() -> None:
    holding = Holding(placeholders=True)
    (text,) = pieces(RED)
    assert holding.obey(f'a=T,U=1,f=100,i=9,m=1;{text[:100]}'.encode()) == b''
    assert holding.obey(f'm=0;{text[100:]}'.encode()) == b'\x1b_Gi=9;OK\x1b\\'
    assert holding.obey(f'a=T,U=1,f=100,i=9,q=1;{text}'.encode()) == b''
    assert holding.obey(b'a=t,f=100,i=9,q=1;AAAA') == b'\x1b_Gi=9;EBADPNG\x1b\\'
    assert (
        holding.held[9].picture.tobytes()
        == Image.open(io.BytesIO(encoded('PNG', Image.new('RGB', (40, 40), RED)))).tobytes()
    )


def test_a_narrow_link_takes_its_time() -> None:
    with writing('x' * 20_000, PLAIN, bits=800_000) as terminal:
        terminal.until_ended()
        last, size = terminal.arrivals[-1]
        assert size >= 20_000
        assert last - terminal.arrivals[0][0] >= 0.15


def test_a_link_of_any_width_takes_none() -> None:
    assert Link().carry(1 << 30) == 0


def test_answers_come_after_the_round_trip() -> None:
    ask = 'import sys,time,tty; tty.setcbreak(0); t=time.monotonic(); print("\\x1b[c", end="", flush=True); '
    read = 'sys.stdin.read(1); print(f"after {time.monotonic() - t:.1f}")'
    with RecordingTerminal([sys.executable, '-c', ask + read], PLAIN, round_trip=0.3) as terminal:
        terminal.until_ended()
        assert 'after 0.3' in terminal.text()
