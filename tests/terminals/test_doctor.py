"""What `hfmedia-tui doctor` tells of the terminal that it runs in."""

import json
import re
from pathlib import Path

import pytest

from tests.terminals.journey import PROGRAM, environment_of
from tests.terminals.kinds import GNU_SCREEN, KITTY, VT340, Answers
from tests.terminals.recording import RecordingTerminal


@pytest.mark.parametrize(
    ('answers', 'environment', 'told'),
    [
        (KITTY, {}, r'kitty\(0.32.2\): kitty, .* \d+ ms; truecolor .*, 10x20 px .*; the link bears .* Mbit/s'),
        (VT340, {'HFMEDIA_GRAPHICS': 'kitty'}, r'XTerm\(379\): kitty by choice, sixel by what it answers, '),
        (GNU_SCREEN, {}, r'screen-256color: half-cells, .*; 256 colours'),
    ],
    ids=lambda told: told.name if isinstance(told, Answers) else '',
)
def test_the_terminal_is_told_of(tmp_path: Path, answers: Answers, environment: dict[str, str], told: str) -> None:
    nowhere = {'HF_ENDPOINT': 'http://127.0.0.1:9', 'HFMEDIA_ROUTER_URL': 'http://127.0.0.1:9'}
    with RecordingTerminal(
        [*PROGRAM, 'doctor', '--json'], answers, environment={**environment_of(tmp_path), **nowhere, **environment}
    ) as terminal:
        terminal.until_ended()
        (found,) = re.findall(rb'\{.*\}', bytes(terminal.output))
    finding = json.loads(found)['terminal']
    assert finding['ok']
    assert re.search(told, finding['found']), finding['found']
