"""A contact sheet of results, made beside the event loop."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from hfmedia_tui.domain import clean
from hfmedia_tui.errors import AppError
from hfmedia_tui.media.contact_sheet import ContactSheet, Frame
from hfmedia_tui.store.collection import Collection
from hfmedia_tui.store.results import Spot
from hfmedia_tui.widgets.plain import one_line

__all__ = ['make_sheet']

_PIECE = 50
"""Results that are read at once."""


async def make_sheet(collection: Collection, spots: Sequence[Spot], folder: Path) -> Path:
    """Make one picture of these results in `folder`, and return where it is. Raises AppError."""
    sheet = await asyncio.to_thread(ContactSheet, len(spots))
    for start in range(0, len(spots), _PIECE):
        for result in await collection.read(spots[start : start + _PIECE]):
            job = result.job
            lines = one_line(job.order.prompt[:300]), f'{job.order.model.rpartition("/")[2]}  {job.seed}'
            await asyncio.to_thread(sheet.add, Frame(Path(result.output.path), lines))
    name = f'contact-sheet-{datetime.now().astimezone():%Y%m%d-%H%M%S}'
    try:
        return await asyncio.to_thread(sheet.save, folder, name)
    except OSError as error:
        raise AppError(f'The contact sheet cannot be written: {clean(error.strerror or str(error))}.') from error
