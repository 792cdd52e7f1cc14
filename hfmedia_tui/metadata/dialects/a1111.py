"""AUTOMATIC1111's `parameters`: the prompt, a line of what should not be seen, and a line of settings.

Read as its `parse_generation_parameters` does:
https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/master/modules/infotext_utils.py. Written so that readers
that are less exact understand it as well: the negative prompt always has its line, and the words that begin that line
stand nowhere else as they are; `Steps` comes first, `Sampler` and `Seed` are always there, and no value holds a comma,
a colon or a quotation mark.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from hfmedia_tui.metadata.formats.exif import USER_COMMENT
from hfmedia_tui.metadata.recipe import Recipe, make_recipe, side_by_side

__all__ = ['read', 'write']

_SETTING: Final = re.compile(r'\s*(\w[\w \-/]{1,60}):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
_JSON: Final = json.JSONDecoder()
_LONGEST_LINE: Final = 20_000
_FEWEST_SETTINGS: Final = 3
"""Fewer in the last line, and it belongs to the prompt."""
_NEGATIVE: Final = 'Negative prompt:'
_PROVIDER: Final = 'HF provider'
_SEPARATORS: Final = re.compile(r'[,:"\s]+')


def read(texts: Mapping[str, str]) -> Recipe | None:
    text = texts.get('parameters') or texts.get(USER_COMMENT)
    if not text or text.lstrip().startswith('{'):
        return None
    *lines, last = text.strip().split('\n')
    settings = _settings(last)
    if len(settings) < _FEWEST_SETTINGS:
        return None
    positive, negative = list[str](), list[str]()
    side = positive
    for line in map(str.strip, lines):
        if line.startswith(_NEGATIVE):
            side = negative
        side.append(line.removeprefix(_NEGATIVE).strip() if side is negative else line)
    # Fooocus tells what was typed apart from what its styles made of it.
    typed, typed_negative = settings.pop('Raw prompt', None), settings.pop('Raw negative prompt', None)
    size = side_by_side(settings.pop('Size', None))
    guidance = settings.pop('CFG scale', None) or settings.pop('CFG Scale', None)
    # Forge tells both, and of models that were distilled with their guidance this one counts.
    distilled = settings.pop('Distilled CFG Scale', None)
    return make_recipe(
        'Fooocus' if str(settings.get('Version')).startswith('Fooocus') else 'AUTOMATIC1111',
        prompt=typed or '\n'.join(positive).strip(),
        model=settings.pop('Model', None),
        provider=settings.pop(_PROVIDER, None),
        seed=settings.pop('Seed', None),
        parameters={
            'negative_prompt': typed_negative or '\n'.join(negative).strip(),
            **size,
            'num_inference_steps': settings.pop('Steps', None),
            'guidance_scale': distilled or guidance,
        },
        others=settings,
    )


def write(
    *, prompt: str, model: str, provider: str | None, seed: int, parameters: Mapping[str, Any], size: str, software: str
) -> str:
    """How it was made, in these words; `size` is of the file, such as `1024x768`, or empty."""
    settings = {
        'Steps': parameters.get('num_inference_steps', 'n/a'),
        'Sampler': 'provider default',
        'CFG scale': parameters.get('guidance_scale'),
        'Seed': seed,
        'Size': size,
        'Model': model,
        _PROVIDER: provider,
        'Version': software,
    }
    told = (
        f'{name}: {_SEPARATORS.sub(" ", str(value))}' for name, value in settings.items() if value not in (None, '')
    )
    negative = parameters.get('negative_prompt', '')
    return f'{_apart(prompt)}\n{_NEGATIVE} {_apart(negative)}\n{", ".join(told)}'


def _apart(text: str) -> str:
    """A prompt in which no reader sees the beginning of the other one: our own record has it as it was."""
    return text.replace(_NEGATIVE, _NEGATIVE.replace(':', ' :'))


def _settings(line: str) -> dict[str, object]:
    if len(line) > _LONGEST_LINE:
        return {}
    settings, position = dict[str, object](), 0
    while (match := _SETTING.search(line, position)) is not None:
        value, position = _value(line, match)
        settings[match[1]] = value
    return settings


def _value(line: str, match: re.Match[str]) -> tuple[object, int]:
    """A setting's value and where it ends: JSON may stand there as it is, with commas and colons of its own."""
    if match[2].startswith(('[', '{')):
        with suppress(ValueError, RecursionError):
            return _JSON.raw_decode(line, match.start(2))
    return _unquoted(match[2].strip()), match.end()


def _unquoted(value: str) -> object:
    if len(value) > 1 and value[0] == value[-1] == '"':
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
