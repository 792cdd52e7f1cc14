import re
import stat
import tomllib
from pathlib import Path

import pytest

from hfmedia_tui.declared import declared_settings
from hfmedia_tui.errors import UsageError
from hfmedia_tui.settings import AtStart, Settings, as_settings, read_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / 'settings.toml'


def test_without_a_file_everything_is_as_usual(file: Path) -> None:
    assert read_settings(file) == Settings()


def test_what_a_file_says_is_taken_and_the_rest_is_as_usual(file: Path) -> None:
    file.write_text('[jobs]\nat_start = "run"\ngrace_seconds = 0\n\n[keys]\nfal-ai = "s3cret"\n', encoding='utf-8')
    settings = read_settings(file)
    assert settings.jobs.at_start is AtStart.RUN
    assert settings.jobs.grace_seconds == 0
    assert settings.jobs.total == Settings().jobs.total
    assert settings.keys == {'fal-ai': 's3cret'}
    assert 's3cret' not in repr(settings), 'a log may hold it'


@pytest.mark.parametrize(
    ('text', 'said'),
    [
        ('[jobs]\ntotal = "8"', 'jobs.total: Expected `int`'),
        ('[jobs]\ntotal = 0', 'jobs.total'),
        ('[jobs]\ngrace_seconds = nan', 'jobs.grace_seconds'),
        ('[jobs]\nat_start = "now"', 'jobs.at_start'),
        ('[jobs]\ntotla = 8', 'totla'),
        ('[keys]\nfal-ai = 3', 'keys'),
        ('[jobs', 'is not TOML'),
        ('a = ' + '[' * 5000, 'TOML'),
    ],
)
def test_a_mistake_is_told_with_its_place(file: Path, text: str, said: str) -> None:
    file.write_text(text, encoding='utf-8')
    with pytest.raises(UsageError) as refused:
        read_settings(file)
    assert said in refused.value.message
    assert str(file) in refused.value.message
    assert refused.value.hint


def test_a_file_that_is_no_text_is_refused(file: Path) -> None:
    file.write_bytes(b'\xff\xfe')
    with pytest.raises(UsageError, match='UTF-8'):
        read_settings(file)


def test_a_folder_in_its_place_is_refused(file: Path) -> None:
    file.mkdir()
    with pytest.raises(UsageError, match='cannot be read'):
        read_settings(file)


def test_nobody_else_may_read_it_once_it_was_read(file: Path) -> None:
    file.write_text('[keys]\nfal-ai = "s3cret"\n', encoding='utf-8')
    file.chmod(0o644)
    read_settings(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_readme_names_every_setting_and_its_default() -> None:
    readme = Path(__file__).parents[1] / 'README.md'
    blocks = re.findall(r'^```toml\n(.*?)^```$', readme.read_text(encoding='utf-8'), re.DOTALL | re.MULTILINE)
    told = tomllib.loads(''.join(blocks))
    assert as_settings(told, readme)
    assert told.keys() == set(Settings.__struct_fields__)
    for setting in declared_settings():
        table, name = setting.id.split('.')
        if setting.usual not in ('', None):  # where there is none, the README has an example
            assert told[table][name] == setting.usual, setting.id
        else:
            assert name in told[table], setting.id
