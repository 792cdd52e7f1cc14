import stat
import tomllib
from pathlib import Path
from threading import Event, Thread

import pytest

from hfmedia_tui.declared import declared_settings
from hfmedia_tui.errors import UsageError
from hfmedia_tui.settings import AtStart, Settings, read_settings, read_text
from hfmedia_tui.settings_file import SettingsFile

COMMENTED = """# mine
[jobs]   # the work
total = 8               # more is not better
# at_start = "run"

[keys]
fal-ai = "s3cret"  # until May
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / 'config' / 'settings.toml'


def opened(path: Path, text: str = '') -> SettingsFile:
    if text:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding='utf-8', newline='')
    file = SettingsFile(path)
    file.read()
    return file


def test_a_change_leaves_every_other_letter_as_it_was(path: Path) -> None:
    file = opened(path, COMMENTED)
    assert file.change('jobs', 'total', 16).jobs.total == 16
    assert path.read_text(encoding='utf-8') == COMMENTED.replace('total = 8 ', 'total = 16 ')
    assert file.change('keys', 'fal-ai', None).keys == {}
    assert '# until May' in path.read_text(encoding='utf-8')
    file.change('jobs', 'total', 8)
    assert 's3cret' not in path.read_text(encoding='utf-8')
    path.write_text(COMMENTED, encoding='utf-8')
    file.read()
    file.change('jobs', 'total', 8)
    assert path.read_text(encoding='utf-8') == COMMENTED
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ['settings.toml']


def test_what_was_read_before_a_change_does_not_undo_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the settings are looked at anew because a question was closed that changes them."""
    reading, go_on = Event(), Event()

    def text_slowly(file: Path) -> str:
        text = read_text(file)
        if not reading.is_set():
            reading.set()
            go_on.wait(10)
        return text

    monkeypatch.setattr('hfmedia_tui.settings_file.read_text', text_slowly)
    file = SettingsFile(path)
    reader = Thread(target=file.read)
    reader.start()
    reading.wait(10)
    changer = Thread(target=file.change, args=('jobs', 'total', 3))
    changer.start()
    changer.join(0.2)  # it may be done by then, or be waiting
    go_on.set()
    reader.join(10)
    changer.join(10)
    assert file.settings.jobs.total == read_settings(path).jobs.total == 3


def test_the_first_change_makes_the_file(path: Path) -> None:
    file = opened(path)
    file.change('network', 'bill_to', 'my-"org"')
    file.change('jobs', 'at_start', AtStart.RUN)
    assert read_settings(path).network.bill_to == 'my-"org"'
    assert read_settings(path).jobs.at_start is AtStart.RUN
    assert file.change('network', 'bill_to', None) == read_settings(path)
    assert read_settings(path).network.bill_to is None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    'text',
    ['jobs = { total = 4, at_start = "run" }\n', 'jobs.total = 4 # four\n', 'output = {}\r\n[jobs]\r\ntotal = 4\r\n'],
)
def test_other_ways_to_write_it_are_kept(path: Path, text: str) -> None:
    file = opened(path, text)
    file.change('jobs', 'total', 5)
    assert path.read_bytes().decode() == text.replace('4', '5')
    file.change('jobs', 'grace_seconds', 0.0)
    assert tomllib.loads(path.read_bytes().decode())['jobs']['grace_seconds'] == 0


def test_what_changed_in_the_file_meanwhile_is_not_overwritten_unseen(path: Path) -> None:
    file = opened(path, COMMENTED)
    path.write_text(COMMENTED.replace('total = 8', 'total = 12\nper_provider = 2'), encoding='utf-8')
    with pytest.raises(UsageError, match='changed in the file'):
        file.change('jobs', 'total', 16)
    assert file.settings.jobs.total == 12
    assert file.change('jobs', 'total', 16).jobs.per_provider == 2
    path.write_text('# emptied\n', encoding='utf-8')
    assert file.change('output', 'folder', '/x').jobs == Settings().jobs
    assert path.read_text(encoding='utf-8').startswith('# emptied\n')


def test_a_file_that_cannot_be_read_is_not_written(path: Path) -> None:
    file = opened(path, COMMENTED)
    for text in ('[jobs', '[jobs]\ntotal = "many"\n'):
        path.write_text(text, encoding='utf-8')
        with pytest.raises(UsageError):
            file.change('output', 'folder', '/x')
        assert path.read_text(encoding='utf-8') == text


def test_what_is_not_allowed_is_not_written(path: Path) -> None:
    file = opened(path, COMMENTED)
    with pytest.raises(UsageError, match=r'jobs\.total'):
        file.change('jobs', 'total', 0)
    assert path.read_text(encoding='utf-8') == COMMENTED


def test_a_link_to_the_file_stays_one(path: Path, tmp_path: Path) -> None:
    kept = tmp_path / 'dotfiles.toml'
    kept.write_text(COMMENTED, encoding='utf-8')
    path.parent.mkdir()
    path.symlink_to(kept)
    opened(path).change('jobs', 'total', 9)
    assert path.is_symlink()
    assert read_settings(kept).jobs.total == 9


def test_every_setting_says_what_it_is_and_reads_what_it_tells() -> None:
    settings = declared_settings()
    assert {'jobs.total', 'network.bill_to', 'interface.theme'} <= {setting.id for setting in settings}
    for setting in settings:
        assert setting.title
        usual = setting.value(Settings())
        assert usual == setting.usual
        assert setting.read(setting.told(usual)) == usual
        for choice in setting.choices:
            assert setting.told(setting.read(choice)) == choice
        assert setting.notes.keys() >= set(setting.choices) - {'on', 'off'}, 'each choice says what it means'


@pytest.mark.parametrize('text', ['', 'many', '0', '257', '1.5', '1e400', 'ⅷ'])
def test_a_text_that_is_no_value_is_refused(text: str) -> None:
    total = next(setting for setting in declared_settings() if setting.id == 'jobs.total')
    with pytest.raises(UsageError, match='Write a whole number from 1 to 256'):
        total.read(text)
    assert total.read(' 12 ') == 12


@pytest.mark.parametrize(
    ('name', 'text', 'told'),
    [
        ('jobs.grace_seconds', 'soon', 'Write a number from 0 to 60.'),
        ('jobs.at_start', 'later', 'Write one of ask, run, pause.'),
        ('output.name', '{colour}', '{provider}'),
        ('network.proxy', 'proxy', 'http://host:port'),
        ('network.proxy', 'http://user:s3cret@host:port', 'http://host:port'),
        ('network.proxy', 'socks5://host:1080', 'http://host:port'),
    ],
)
def test_what_cannot_be_used_is_refused_where_it_is_written(name: str, text: str, told: str) -> None:
    setting = next(setting for setting in declared_settings() if setting.id == name)
    with pytest.raises(UsageError) as refused:
        setting.read(text)
    assert told in str(refused.value)
    assert 's3cret' not in str(refused.value)


def test_a_proxy_is_read_as_it_is_written() -> None:
    setting = next(setting for setting in declared_settings() if setting.id == 'network.proxy')
    assert setting.read('http://user:s3cret@localhost:3128') == 'http://user:s3cret@localhost:3128'
    assert setting.read('') is None
