"""Templates in files of their own."""

import json
import stat
from pathlib import Path

import pytest

from hfmedia_tui.composition import Composition, Entries, SavedTemplate
from hfmedia_tui.errors import StoreError, UsageError
from hfmedia_tui.store.saved_templates import SavedTemplates

COMPOSED = Composition(
    models=('a/b', 'c/d'),
    prompt='a {red|blue} __animal__\n[/x]',
    entries=Entries(
        parameters={'width': 64, 'negative_prompt': 'fog'},
        extra={'huge': 2**70, 'none': None},
        every_provider=True,
        count=3,
        seed=2**64,
        same_seed=True,
        drawn=True,
        bill_to='lab',
    ),
)


def test_what_is_saved_is_read_again_exactly_and_nobody_elses_to_read(tmp_path: Path) -> None:
    templates = SavedTemplates(tmp_path / 'templates')
    assert templates.all() == ()
    templates.save(SavedTemplate('Füchse (rot)', COMPOSED))
    templates.save(SavedTemplate('a', Composition(models=('a/b',), prompt='x')))
    assert templates.all() == (
        SavedTemplate('a', Composition(models=('a/b',), prompt='x')),
        SavedTemplate('Füchse (rot)', COMPOSED),
    )
    file = tmp_path / 'templates' / 'Füchse (rot).json'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert templates.has('a')
    templates.delete('a')
    templates.delete('a')
    assert not templates.has('a')


@pytest.mark.parametrize('name', ['', ' a', 'a ', '../a', 'a/b', '.a', '-a', 'a\x1b', 'a' * 61, 'a\n', 'a:b', 'a\\b'])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    templates = SavedTemplates(tmp_path)
    with pytest.raises(UsageError):
        templates.save(SavedTemplate(name, COMPOSED))
    with pytest.raises(UsageError):
        templates.delete(name)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_template_keeps_nobody_from_the_others(tmp_path: Path) -> None:
    templates = SavedTemplates(tmp_path)
    templates.save(SavedTemplate('good', COMPOSED))
    (tmp_path / 'folder.json').mkdir()
    for name, text in {
        'empty': '',
        'list': '[]',
        'nobody': '{"models": [], "prompt": "x"}',
        'typed': '{"models": ["a/b"], "prompt": 1}',
        'nested': '{"models": ["a/b"], "prompt": "x", "entries": {"parameters": {"width": [1]}}}',
        'deep': '[' * 100_000,
        'large': json.dumps('x' * 1_000_001),
    }.items():
        (tmp_path / f'{name}.json').write_text(text)
    (tmp_path / 'escape.json').write_text('{"models": ["a/b\\u001b[2J"], "prompt": "\\u001bx", "later": 1}')
    assert templates.all() == (
        SavedTemplate('escape', Composition(models=('a/b[2J',), prompt='x')),
        SavedTemplate('good', COMPOSED),
    )


def test_what_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / 'templates').write_text('')
    with pytest.raises(StoreError):
        SavedTemplates(tmp_path / 'templates').save(SavedTemplate('a', COMPOSED))
