"""Our own record: the whole recipe as JSON, in the file's texts, in its XMP, or beside it."""

import json
from collections.abc import Mapping
from typing import Any, Final

from hfmedia_tui.domain import Task
from hfmedia_tui.errors import UsageError
from hfmedia_tui.metadata.dialects.json_texts import json_object
from hfmedia_tui.metadata.formats import xmp
from hfmedia_tui.metadata.formats.carried import RECORD, XMP
from hfmedia_tui.metadata.recipe import Recipe, make_recipe
from hfmedia_tui.parameters import PARAMETERS, parse_extra

__all__ = ['NAME', 'SCHEMA', 'read', 'read_record']

NAME: Final = 'hfmedia-tui'
SCHEMA: Final = 1
"""The version of the record's fields; a reader takes what it knows of a later one."""


_FACTS: Final = {
    'made_at': 'Made at',
    'job': 'Job',
    'provider_model': 'Provider model',
    'request_id': 'Request',
    'inference_seconds': 'Seconds',
    'cost_usd': 'US dollars',
}


def read(texts: Mapping[str, str]) -> Recipe | None:
    text = texts.get(RECORD)
    if text is None and xmp.OURS.partition('}')[0].strip('{') in texts.get(XMP, ''):
        text = xmp.properties(texts[XMP]).get(xmp.OURS)
    told = json_object(text)
    return None if told is None else read_record(told)


def read_record(told: Mapping[str, Any]) -> Recipe | None:
    """The recipe of a record; None where it is none of ours."""
    if not isinstance(told.get('schema'), int) or not isinstance(told.get('software'), str):
        return None
    given = told.get('parameters')
    parameters = given if isinstance(given, dict) else {}
    extra = told.get('extra')
    others = {name: value for name, value in parameters.items() if name not in PARAMETERS}
    if told.get('prompt') is None:
        others['Prompt'] = 'left out when it was written'
    kept: dict[str, Any] = {}
    if isinstance(extra, dict) and extra:
        try:
            kept = _checked(extra)
        except UsageError:
            others['Extra'] = extra
    try:
        task = Task(str(told.get('task')))
    except ValueError:
        task = None
    return make_recipe(
        NAME,
        prompt=told.get('prompt'),
        task=task,
        model=told.get('model'),
        provider=told.get('provider'),
        seed=told.get('seed'),
        parameters={name: value for name, value in parameters.items() if name in PARAMETERS},
        extra=kept,
        sandbox=told.get('sandbox') is True,
        others=others,
        facts={label: told.get(name) for name, label in _FACTS.items()},
    )


def _checked(extra: dict[str, Any]) -> dict[str, Any]:
    """What may be sent as it stands, by the rules for what a user types. Raises UsageError."""
    try:
        return parse_extra(json.dumps(extra))
    except (ValueError, RecursionError) as error:
        raise UsageError('The extra JSON cannot be read.') from error
