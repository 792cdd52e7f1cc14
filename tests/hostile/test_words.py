"""What somebody else said loses what opens a signed link, wherever it is shown, and what would steer a terminal."""

import json
import logging

import pytest

from hfmedia_tui.catalog.hub import read_page
from hfmedia_tui.cli.logs import PlainFormatter
from hfmedia_tui.domain import Progress, Reply, Request, Send, SendKind, harmless, masked
from hfmedia_tui.errors import HubError
from hfmedia_tui.providers import MACHINES

SIGNED = 'https://cdn.example/a/b.png?X-Amz-Signature=c0ffee&Expires=9#t=1'


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        (f'Could not read {SIGNED}.', 'Could not read https://cdn.example/a/b.png?…'),
        (f'"{SIGNED}" and ({SIGNED})', '"https://cdn.example/a/b.png?…" and (https://cdn.example/a/b.png?…'),
        ('http://user:secret@proxy.example:3128/', 'http://…@proxy.example:3128/'),
        ('GET /bucket/a.png?sig=c0ffee failed', 'GET /bucket/a.png?… failed'),
        ('https://a.example/b#access_token=c0ffee', 'https://a.example/b#…'),
        ('https://a.example/b?page', 'https://a.example/b?page'),
        ('Why? Because 1 = 1. See https://a.example/b.', 'Why? Because 1 = 1. See https://a.example/b.'),
    ],
)
def test_what_opens_a_link_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert masked(shown) == shown


@pytest.mark.parametrize('name', MACHINES)
@pytest.mark.parametrize('field', ['error', 'message', 'detail', 'logs'])
def test_a_provider_that_repeats_a_signed_link_says_it_without_its_signature(name: str, field: str) -> None:
    asked = Progress(provider=name, step=Send(request=Request(method='GET', path='/x'), kind=SendKind.SUBMIT))
    told = {field: f'403 for {SIGNED}', 'status': 'failed', 'error': f'no {SIGNED}', 'data': {'status': 'failed'}}
    for status in (200, 400, 500):
        reply = Reply(status=status, body=json.dumps(told).encode())
        progress = MACHINES[name].advance(asked, reply)
        assert 'c0ffee' not in str((getattr(progress.step, 'failure', ''), progress.log))


def test_a_hub_that_repeats_a_signed_link_says_it_without_its_signature() -> None:
    with pytest.raises(HubError) as raised:
        read_page(Reply(status=500, body=json.dumps({'error': f'no {SIGNED}\nnor this'}).encode()), 'key')
    assert str(raised.value).startswith('The Hub answered 500: no https://cdn.example/a/b.png?… nor this')


def test_the_log_shows_no_secret_of_a_link_and_no_line_that_another_began() -> None:
    record = logging.LogRecord('x', logging.INFO, '', 0, 'no %s', (f'{SIGNED} \x1b]0;owned\x07\nFORGED',), None)
    try:
        raise ValueError(f'\x9b31m {SIGNED}')
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    told = PlainFormatter('%(levelname)s %(message)s').format(record)
    assert 'c0ffee' not in told
    assert harmless(told) == told
    assert [line for line in told.split('\n') if not line.startswith('    ')] == [told.split('\n')[0]]


def test_a_picture_of_the_terminal_is_not_shown_by_a_text() -> None:
    assert harmless('a\U0010eeee\u0305\u030db') == 'a\u0305\u030db'


def test_space_around_a_text_that_is_only_made_harmless_stays() -> None:
    assert harmless(' a\x1b \n') == ' a \n'
