"""Where things lie, and names of folders that are none."""

from pathlib import Path

import pytest

from hfmedia_tui.errors import UsageError
from hfmedia_tui.paths import find_paths, named_folder


def test_a_named_home_holds_everything(tmp_path: Path) -> None:
    paths = find_paths({'HFMEDIA_HOME': str(tmp_path)})
    assert all(path.is_relative_to(tmp_path) for path in (*paths, paths.ledger, paths.log_file, paths.sandbox))


@pytest.mark.parametrize('name', ['~no-such-user/x', '/tmp/\udcff'])
def test_a_folder_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        named_folder(name)
    with pytest.raises(UsageError):
        find_paths({'HFMEDIA_HOME': name})


def test_the_home_of_the_user_is_written_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv('HOME', str(tmp_path))
    assert named_folder('~/pictures') == tmp_path / 'pictures'
