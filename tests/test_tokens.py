"""Whether there is a token, told by the rules of Hugging Face's own tools and never by an error."""

from pathlib import Path

import pytest

from hfmedia_tui.tokens import find_token, has_token


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
