"""Line by line: what a screen reader is given."""

from pathlib import Path

from hfmedia_tui.sandbox.addresses import Addresses
from tests.hostile.tty import Tty


def test_a_picture_is_asked_for_and_told_in_lines_that_stay(tmp_path: Path, sandbox: Addresses) -> None:
    environment = {
        'HFMEDIA_HOME': str(tmp_path),
        'HF_ENDPOINT': sandbox.hub,
        'HFMEDIA_ROUTER_URL': sandbox.router,
        'HF_TOKEN': 'hf_test',
    }
    (tmp_path / 'config').mkdir()
    (tmp_path / 'config' / 'settings.toml').write_text('[interface]\nlinear = true\n', encoding='utf-8')
    with Tty((), environment) as tty:
        tty.until('Prompt:')
        tty.press('a fox\n')
        tty.until('Model, or words')
        tty.press('nothing-like-it-at-all\n')
        tty.until('No model fits')
        tty.press('flux schnell\n')
        tty.until('Number, or 0')
        tty.press('1\n')
        tty.until('How many [1]:')
        tty.press('\n')
        tty.until('Send 1 paid request to black-forest-labs/FLUX.1-schnell? [Y/n]:')
        tty.press('\n')
        tty.until('Prompt:')
        assert 'succeeded' in tty.told
        assert str(tmp_path / 'output') in tty.told
        tty.press('\n')
        assert tty.end() == 0
        assert '\x1b' not in tty.told
        assert '\r\r' not in tty.told
