"""What a prompt with alternatives stands for."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfmedia_tui.errors import UsageError
from hfmedia_tui.store.wildcards import read_wildcards
from hfmedia_tui.templates import escaped, read_template, wildcard_names

SIGNS = st.text(alphabet='ab{}|\\_ "/', max_size=40)
ANIMALS = {'animal': ('fox', 'owl'), 'zoo/big_cat': ('__animal__ {cub|king}',)}


@pytest.mark.parametrize(
    ('text', 'prompts'),
    [
        ('a fox', ['a fox']),
        ('a {red|blue} fox', ['a red fox', 'a blue fox']),
        ('{a|b}{c|d}', ['ac', 'ad', 'bc', 'bd']),
        ('{a|b{c|d}}', ['a', 'bc', 'bd']),
        ('{|very }big', ['big', 'very big']),
        ('{"a": [true], "b": {}}', ['{"a": [true], "b": {}}']),
        ('{"colour": "{red|blue}"}', ['{"colour": "red"}', '{"colour": "blue"}']),
        ('a | b } c', ['a | b } c']),
        ('{a|b', ['{a|b']),
        ('{a|{b|c}', ['{a|b', '{a|c']),
        (r'\{a|b\} \| \__animal__', ['{a|b} | __animal__']),
        (r'\\{a|b}', ['\\a', '\\b']),
        (r'a \ b \n \(c\) \_', [r'a \ b \n \(c\) \_']),
        ('one __animal__', ['one fox', 'one owl']),
        ('a __zoo/big_cat__', ['a fox cub', 'a fox king', 'a owl cub', 'a owl king']),
        ('snake__animal__case ___animal__ __ani..mal__', ['snake__animal__case ___animal__ __ani..mal__']),
    ],
)
def test_a_template_stands_for_every_combination(text: str, prompts: list[str]) -> None:
    template = read_template(text, ANIMALS)
    assert list(template.every()) == prompts
    assert template.combinations == len(prompts)
    assert template.is_plain == (prompts == [text])


@given(SIGNS)
def test_what_is_escaped_stands_for_itself(text: str) -> None:
    assert list(read_template(escaped(text), ANIMALS).every()) == [text]


@given(SIGNS, st.integers(1, 20), st.integers())
def test_draws_are_combinations_and_come_again_with_their_seed(text: str, count: int, seed: int) -> None:
    template = read_template(text)
    every, drawn = list(template.every()), template.draw(count, seed)
    assert len(every) == template.combinations
    assert len(drawn) == count
    assert set(drawn) <= set(every)
    assert template.draw(count, seed) == drawn
    if count >= template.combinations:
        assert set(drawn) == set(every), 'none comes again before all have come'


@pytest.mark.parametrize('text', ['\\' * 100_000, '_' * 50_000, '__' + 'a-' * 20_000, '__a' * 20_000])
def test_no_text_takes_long(text: str) -> None:
    assert read_template(text).is_plain
    assert escaped(text) == text


def test_what_is_too_much_is_refused_at_once() -> None:
    wild = read_template('{a|b}' * 2_000)
    assert wild.combinations == 2**2_000
    assert len(set(wild.draw(50, 1))) == 50
    for text, wildcards in (
        ('{a|' * 3_000, {}),
        ('__a__', {'a': ('__b__',), 'b': ('x', '__a__')}),
        ('__a__', {}),
        ('__a__', {'a': ()}),
        ('__w0__', {f'w{n}': (f'__w{n + 1}__ __w{n + 1}__',) for n in range(25)} | {'w25': ('x' * 100,)}),
    ):
        with pytest.raises(UsageError):
            read_template(text, wildcards)


def test_wildcards_are_files_of_one_folder(tmp_path: Path) -> None:
    (tmp_path / 'secret.txt').write_text('secret')
    folder = tmp_path / 'wildcards'
    (folder / 'zoo').mkdir(parents=True)
    (folder / 'animal.txt').write_bytes(b'\xef\xbb\xbf# animals\nfox \n\n \x1b[2Jowl\r\n__zoo/cat__\n')
    (folder / 'zoo' / 'cat.txt').write_text('lynx\n__animal__')
    (folder / 'pipe.txt').mkdir()
    assert wildcard_names(r'__animal__ __../secret__ __/etc/passwd__ \__zoo/cat__ __pipe__') == {'animal', 'pipe'}
    found = read_wildcards(folder, ['animal'])
    assert found == {'animal': ('fox', '[2Jowl', '__zoo/cat__'), 'zoo/cat': ('lynx', '__animal__')}
    for name in ('pipe', 'nobody'):
        with pytest.raises(UsageError, match='There is no wildcard'):
            read_wildcards(folder, [name])
    (folder / 'animal.txt').write_bytes(b'x' * 1_000_001)
    with pytest.raises(UsageError, match='larger'):
        read_wildcards(folder, ['animal'])
