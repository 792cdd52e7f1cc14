"""Whether there is a token, told by the rules of Hugging Face's own tools and never by an error."""

import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from hfmedia_tui.sandbox.addresses import Addresses
from hfmedia_tui.tokens import find_token, has_token, token_place


@pytest.mark.parametrize('name', ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'])
def test_a_named_token_is_found_without_its_spaces(name: str) -> None:
    assert find_token({name: ' hf_x\n'}) == 'hf_x'
    assert has_token({name: 'hf_x'})
    assert not has_token({name: ' ', 'HF_HOME': '/nowhere'})


def test_a_stored_token_seems_to_be_there(tmp_path: Path) -> None:
    assert not has_token({'HF_HOME': str(tmp_path)})
    (tmp_path / 'token').write_text('hf_x')
    assert has_token({'HF_HOME': str(tmp_path)})
    assert has_token({'HF_TOKEN_PATH': str(tmp_path / 'token')})
    assert not has_token({'HF_HOME': str(tmp_path), 'HF_HUB_DISABLE_IMPLICIT_TOKEN': '1'})


@pytest.mark.parametrize('path', ['~no-such-user/token', '/nowhere/\x00', '/nowhere/token'])
def test_a_path_that_leads_nowhere_holds_no_token(path: str) -> None:
    assert not has_token({'HF_TOKEN_PATH': path})


@pytest.fixture
def refusing() -> Iterator[str]:
    """A Hub that knows no token."""

    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(401)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(('127.0.0.1', 0), Refusing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f'http://127.0.0.1:{server.server_port}'
        server.shutdown()


_KEEP = """
import sys
from hfmedia_tui.errors import AppError
from hfmedia_tui.tokens import keep_token
for token in sys.argv[1:]:
    try:
        keep_token(token)
    except AppError as error:
        print(error)
import huggingface_hub
print(huggingface_hub.get_token())
"""


def test_a_token_that_is_kept_is_found_by_hugging_faces_own_library(
    tmp_path: Path, sandbox: Addresses, refusing: str
) -> None:
    def keep(hub: str, *tokens: str) -> list[str]:
        here = {'PATH': os.environ['PATH'], 'HF_HOME': str(tmp_path), 'HF_ENDPOINT': hub}
        command = [sys.executable, '-c', _KEEP, *tokens]
        done = subprocess.run(command, env=here, capture_output=True, text=True, timeout=60, check=True)
        assert not done.stderr
        return done.stdout.splitlines()

    *said, found = keep(refusing, 'hf_wrong', 'no token', 'api_org_x', '')
    assert ['know' in said[0], 'no token' in said[1], 'kind' in said[2], 'no token' in said[3]] == [True] * 4
    assert 'hf_wrong' not in ''.join(said)
    assert found == 'None'
    assert not list(tmp_path.glob('*token*'))
    assert keep(sandbox.hub, ' hf_mine\n') == ['hf_mine']
    assert token_place({'HF_HOME': str(tmp_path)}) == str(tmp_path / 'token')
