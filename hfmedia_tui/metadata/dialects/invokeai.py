"""InvokeAI: its metadata of today, and the two forms that earlier versions wrote.

https://github.com/invoke-ai/InvokeAI/blob/main/invokeai/app/invocations/metadata.py
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from hfmedia_tui.metadata.dialects.json_texts import json_object, number_or_text
from hfmedia_tui.metadata.recipe import Recipe, make_recipe

__all__ = ['read']

_NAME: Final = 'InvokeAI'
_MAPPED: Final = frozenset(
    {'positive_prompt', 'negative_prompt', 'width', 'height', 'seed', 'cfg_scale', 'guidance', 'steps', 'model'}
)
_DREAM: Final = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*(.*)', re.DOTALL)
_OPTION: Final = re.compile(r'-([A-Za-z])\s*([^\s"]+)')
_LONGEST_COMMAND: Final = 50_000


def read(texts: Mapping[str, str]) -> Recipe | None:
    if (told := json_object(texts.get('invokeai_metadata'))) is not None:
        return _today(told)
    if (told := json_object(texts.get('sd-metadata'))) is not None:
        return _earlier(told)
    if (command := texts.get('Dream')) is not None:
        return _command(command)
    return None


def _today(told: dict[str, Any]) -> Recipe:
    model = told.get('model')
    named = number_or_text(model, 'name', 'model_name') if isinstance(model, dict) else model
    return make_recipe(
        _NAME,
        prompt=told.get('positive_prompt'),
        model=named,
        seed=told.get('seed'),
        parameters={
            'negative_prompt': told.get('negative_prompt'),
            'width': told.get('width'),
            'height': told.get('height'),
            'num_inference_steps': told.get('steps'),
            'guidance_scale': number_or_text(told, 'guidance', 'cfg_scale'),
        },
        others={name: value for name, value in told.items() if name not in _MAPPED},
    )


def _earlier(told: dict[str, Any]) -> Recipe:
    image = told.get('image')
    image = image if isinstance(image, dict) else {}
    prompt = image.get('prompt')
    if isinstance(prompt, list):  # weighted parts
        parts = [part.get('prompt') for part in prompt if isinstance(part, dict)]
        prompt = ' '.join(part for part in parts if isinstance(part, str))
    # What is in square brackets was the negative prompt then.
    text = prompt if isinstance(prompt, str) else ''
    negative = ' '.join(re.findall(r'\[([^\[\]]{0,4000})\]', text))
    return make_recipe(
        _NAME,
        prompt=re.sub(r'\[[^\[\]]{0,4000}\]', '', text),
        model=told.get('model_weights'),
        seed=image.get('seed'),
        parameters={
            'negative_prompt': negative,
            'width': image.get('width'),
            'height': image.get('height'),
            'num_inference_steps': image.get('steps'),
            'guidance_scale': image.get('cfg_scale'),
        },
        others={
            name: value
            for name, value in image.items()
            if name not in ('prompt', 'seed', 'width', 'height', 'steps', 'cfg_scale')
        },
    )


def _command(command: str) -> Recipe | None:
    match = _DREAM.match(command[:_LONGEST_COMMAND])
    if match is None:
        return None
    options: dict[str, object] = dict(_OPTION.findall(match[2]))
    return make_recipe(
        _NAME,
        prompt=match[1].replace('\\"', '"'),
        seed=options.pop('S', None),
        parameters={
            'width': options.pop('W', None),
            'height': options.pop('H', None),
            'num_inference_steps': options.pop('s', None),
            'guidance_scale': options.pop('C', None),
        },
        others={f'-{letter}': value for letter, value in options.items()},
    )
