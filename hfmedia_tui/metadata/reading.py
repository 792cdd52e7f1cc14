"""Reads how a file was made: from its own text, whichever tool wrote it, or from what lies beside it."""

import stat
from pathlib import Path
from typing import Final

import msgspec

from hfmedia_tui.domain import Task, clean
from hfmedia_tui.errors import MediaError
from hfmedia_tui.metadata.containers import find_format
from hfmedia_tui.metadata.dialects import a1111, comfyui, drawthings, fooocus, invokeai, ours, plain_json, swarmui
from hfmedia_tui.metadata.formats import mp4
from hfmedia_tui.metadata.formats.carried import Carried
from hfmedia_tui.metadata.recipe import Recipe
from hfmedia_tui.metadata.sidecar import read_sidecar, sidecar_path

__all__ = ['read_recipe']

_DIALECTS: Final = (
    swarmui.read,
    fooocus.read,
    comfyui.read,
    a1111.read,
    invokeai.read,
    drawthings.read,
    plain_json.read,
)
"""Other tools', those first that say the most clearly that a text is theirs."""


def read_recipe(path: Path) -> Recipe:
    """Tell how a file was made, or that a sidecar tells of. Blocking.

    Raises MediaError where it cannot be read, and where nothing in it or beside it tells.
    """
    name = clean(path.name, 80)
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for somebody to write to it
            raise MediaError(f'{name} is no file.')
        with path.open('rb') as file:
            form = find_format(file)
            carried = Carried() if form is None else form.read(file)
    except (OSError, ValueError) as error:
        why = (isinstance(error, OSError) and error.strerror) or str(error)
        raise MediaError(f'{name} cannot be read: {clean(why, 200)}.') from error
    recipe = ours.read(carried.texts) or _beside(path) or _foreign(carried)
    if recipe is None:
        signed = ' It carries Content Credentials (C2PA), which other tools show.' if carried.signed else ''
        raise MediaError(
            f'{name} does not tell how it was made.{signed}',
            'Files of this program, AUTOMATIC1111, ComfyUI, InvokeAI, SwarmUI, Fooocus and Draw Things can.',
        )
    shown = Task.TEXT_TO_VIDEO if form is mp4 else Task.TEXT_TO_IMAGE
    return msgspec.structs.replace(recipe, task=recipe.task or shown, signed=carried.signed)


def _foreign(carried: Carried) -> Recipe | None:
    """What the first tool tells that knows a prompt, else the first that knows anything."""
    told = list[Recipe]()
    for read in _DIALECTS:
        if (recipe := read(carried.texts)) is not None:
            if recipe.prompt:
                return recipe
            told.append(recipe)
    return told[0] if told else None


def _beside(path: Path) -> Recipe | None:
    record = read_sidecar(path if path.suffix.lower() == '.json' else sidecar_path(path))
    return None if record is None else ours.read_record(record)
