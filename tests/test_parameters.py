"""What a user may type for a parameter, and what is refused before anything is sent."""

import inspect

import click
import pytest

from hfmedia_tui.api import generate
from hfmedia_tui.cli import commands
from hfmedia_tui.errors import UsageError
from hfmedia_tui.parameters import PARAMETERS, parse, parse_extra, sized


def test_every_declared_parameter_can_be_set_on_the_command_line_and_from_python() -> None:
    options = {str(option.name): option for option in commands.generate.params}
    declared = {name for name, option in options.items() if isinstance(option, commands.ParameterOption)}
    assert declared == PARAMETERS.keys() <= inspect.signature(generate).parameters.keys()
    context = click.Context(commands.generate)
    for name in declared:
        assert PARAMETERS[name].help in str(options[name].get_help_record(context))


@pytest.mark.parametrize(
    ('name', 'text', 'value'),
    [
        ('width', ' 1024 ', 1024),
        ('num_inference_steps', '1', 1),
        ('guidance_scale', '0', 0.0),
        ('guidance_scale', '3.5', 3.5),
        ('negative_prompt', ' rain ', 'rain'),
    ],
)
def test_what_is_typed_is_read(name: str, text: str, value: object) -> None:
    assert parse(name, text) == value


@pytest.mark.parametrize(
    ('name', 'text'),
    [
        ('width', '0'),
        ('width', '1.5'),
        ('width', 'wide'),
        ('width', '9' * 400),
        ('width', '9' * 5_000),
        ('guidance_scale', '-1'),
        ('guidance_scale', 'nan'),
        ('guidance_scale', 'inf'),
        ('guidance_scale', '1e999'),
        ('guidance_scale', '9' * 400),
        ('negative_prompt', '\udcff'),
    ],
)
def test_what_is_wrong_everywhere_is_refused(name: str, text: str) -> None:
    with pytest.raises(UsageError):
        parse(name, text)


def test_extra_json_is_taken_as_it_stands() -> None:
    assert parse_extra('{"a": [1, 2.5, null, {"b": "é"}], "c": 1e3}') == {'a': [1, 2.5, None, {'b': 'é'}], 'c': 1000.0}


@pytest.mark.parametrize(
    'text',
    [
        '{',
        '[1]',
        'null',
        '{"a": NaN}',
        '{"a": 1e999}',
        '{"a": -Infinity}',
        '{"a": "\\ud800"}',
        f'{{"a": {"9" * 5_000}}}',
        '{"a": ' * 100 + '1' + '}' * 100,
        '[' * 100_000,
        '{"a": ' + '[' * 400 + ']' * 400 + '}',
    ],
)
def test_extra_json_that_could_not_be_sent_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_extra(text)


def test_a_ratio_gives_the_sides_that_are_not_set() -> None:
    assert sized({}, '16:9') == {'width': 1024, 'height': 576}
    assert sized({'width': 512}, '16:9') == {'width': 512, 'height': 288}
    assert sized({'height': 512, 'width': 100}, '16:9') == {'height': 512, 'width': 100}
    assert sized({'width': 2**31 - 1}, '1:2')['height'] == 2**32
    with pytest.raises(UsageError, match='aspect ratio'):
        sized({}, '5:1')
