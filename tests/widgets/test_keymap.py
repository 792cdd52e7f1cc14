"""What of a user's own keys cannot be, and what they share."""

import ast
import re
from pathlib import Path

import pytest
from textual.screen import ModalScreen

import hfmedia_tui.app
from hfmedia_tui.screens.bringing import bring_screens
from hfmedia_tui.widgets.keymap import known_bindings, shared, troubles

bring_screens()


def test_the_usual_keys_are_no_trouble() -> None:
    assert len(known_bindings()) > 100
    assert troubles({}) == []
    assert troubles({name: ','.join(known.usual) for name, known in known_bindings().items()}) == []
    assert not [name for name in known_bindings() if shared(name, {})]


def test_what_cannot_be_is_told() -> None:
    told = troubles(
        {'jobs.copy': 'r, ?', 'jobs.\x1bnope': 'a', 'jobs.open': ' ,', 'jobs.reuse': 'ctrl+nope', 'list.up': 'Z'}
    )
    assert told == [
        'jobs.copy and app.keys share question_mark.',
        'jobs.copy and jobs.restore share r.',
        'jobs.copy and jobs.retry share r.',
        'jobs.nope is no binding.',
        'jobs.open has no key, and stays as usual.',
        "jobs.reuse: 'ctrl+nope' is no key.",
    ]


def test_every_text_that_names_a_key_names_a_binding() -> None:
    """Texts name keys by the ids of bindings: `keyed` would fail on one that is none, when it is shown."""
    named = set[str]()
    for folder in ('screens', 'widgets', '.'):
        for path in (Path(hfmedia_tui.app.__file__).parent / folder).glob('*.py'):
            for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    named.update(re.findall(r'\{([a-z_]+\.\w+)\}', node.value))
    assert len(named) > 20
    assert named <= known_bindings().keys()


@pytest.mark.parametrize(
    'taken',
    [
        pytest.param(r'ctrl\+b', id='tmux'),
        pytest.param(r'ctrl\+a', id='screen'),
        pytest.param(r'ctrl\+[sq]', id='flow control'),
        pytest.param(r'f1|f10|f11|ctrl\+shift\+.*|shift\+(up|down|pageup|pagedown)', id='terminals with a menu'),
        pytest.param(r'ctrl\+[befpk]|f1|f11|ctrl\+shift\+.*|alt\+.*', id='terminals in editors'),
    ],
)
def test_what_keeps_keys_for_itself_keeps_nothing_from_anybody(taken: str) -> None:
    """An action has another key, or the palette does it, which has one; a popup is left by another key, too."""
    lost = [known for known in known_bindings().values() if all(re.fullmatch(taken, key) for key in known.usual)]
    assert not [known.id for known in lost if issubclass(known.owner, ModalScreen) and known.id != 'popup.quit']
    assert not [known.id for known in lost if not known.told or known.id == 'app.palette']
