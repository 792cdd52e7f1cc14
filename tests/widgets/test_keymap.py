"""What of a user's own keys cannot be, and what they share."""

import hfmedia_tui.app  # noqa: F401 - every binding of the program
from hfmedia_tui.widgets.keymap import known_bindings, shared, troubles


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
