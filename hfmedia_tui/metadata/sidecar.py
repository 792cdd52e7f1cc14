"""The file beside a file: the whole recipe and the provider's own words, as JSON that any tool can read."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from hfmedia_tui.metadata.dialects.json_texts import json_object

__all__ = ['SIDECAR', 'draft_path', 'read_sidecar', 'sidecar_path', 'write_sidecar']

SIDECAR: Final = '.json'
"""What its name ends with."""
_LARGEST: Final = 8 * 2**20


def sidecar_path(path: Path) -> Path:
    """Where it lies: the file's whole name and `.json`."""
    return path.with_name(f'{path.name}{SIDECAR}')


def draft_path(path: Path) -> Path:
    """What is written about `path`, or in its place, until it is whole; the same whatever its extension."""
    return path.with_name(f'.{path.stem}.new')


def write_sidecar(path: Path, record: dict[str, Any]) -> None:
    """Write what is told of `path` beside it, in one step. Blocking; raises OSError.

    It is not forced to the disk: all of it can be written again from the ledger.
    """
    beside = sidecar_path(path)
    new = draft_path(path)
    try:
        new.unlink(missing_ok=True)
        with new.open('x', encoding='utf-8') as file:
            # In C both: what `json.dump` lays out it writes in Python, which keeps the event loop waiting meanwhile.
            file.write(msgspec.json.format(json.dumps(record, ensure_ascii=False), indent=2))
            file.write('\n')
        os.replace(new, beside)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise


def read_sidecar(beside: Path) -> dict[str, Any] | None:
    """What a file of this kind tells; None where it is none. Blocking."""
    try:
        if not beside.is_file() or beside.stat().st_size > _LARGEST:
            return None
        with beside.open('rb') as file:
            return json_object(file.read(_LARGEST).decode('utf-8', 'replace'))
    except (OSError, ValueError):
        return None
