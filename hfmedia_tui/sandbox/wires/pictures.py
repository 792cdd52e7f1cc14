"""What a submit asks of a picture, in the fields that the providers share that answer it at once."""

from hfmedia_tui.sandbox.models import CatalogueModel
from hfmedia_tui.sandbox.predictions import Ask
from hfmedia_tui.sandbox.wires.fields import Fields
from hfmedia_tui.sandbox.wires.submits import random_seed

__all__ = ['picture']


def picture(
    fields: Fields,
    provider: str,
    provider_id: str,
    model: CatalogueModel,
    *,
    size: tuple[int, int],
    steps: int,
    format: str,
) -> Ask:
    """Read an ask; `size`, `steps` and `format` are spelt by each in its own way. Raises Invalid."""
    fields.text('negative_prompt')
    fields.number('guidance_scale', 0, 50)
    seed = fields.seed()
    width, height = size
    return Ask(
        provider=provider,
        model=model.id,
        provider_id=provider_id,
        task=model.task,
        prompt=fields.prompt(),
        seed=random_seed() if seed is None else seed,
        width=width,
        height=height,
        count=fields.whole('n', 1, 4) or 1,
        format=format,
        steps=steps,
        fault=model.fault_for(provider),
    )
