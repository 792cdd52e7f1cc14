"""JSON that lies in the texts of a file, as nobody promises that it is."""

import json
from collections.abc import Mapping
from typing import Any

__all__ = ['json_object', 'number_or_text']


def json_object(text: str | None) -> dict[str, Any] | None:
    """The object that a text is; None for anything else. Tools write NaN, so it is let pass."""
    if text is None or not text.lstrip(' \t\r\n\ufeff').startswith('{'):
        return None
    try:
        value = json.loads(text.strip('\ufeff\0'))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def number_or_text(told: Mapping[str, object], *names: str) -> object:
    """The first of these that is told as a number or a text."""
    values = (told.get(name) for name in names)
    return next((value for value in values if isinstance(value, int | float | str) and value != ''), None)
