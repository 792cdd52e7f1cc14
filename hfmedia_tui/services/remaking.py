"""What is asked for to make once more what a file or a job tells of."""

from hfmedia_tui.domain import SANDBOX, Job
from hfmedia_tui.metadata.recipe import Recipe
from hfmedia_tui.services.ordering import Ask

__all__ = ['ask_for', 'recipe_of']


def recipe_of(job: Job) -> Recipe:
    """How a job makes, or made, its results; with the seed that the provider used, where it told."""
    order = job.order
    return Recipe(
        source=f'job {job.id}',
        prompt=order.prompt,
        task=order.task,
        model=order.model,
        provider=job.provider,
        seed=job.seed if job.facts.seed is None else job.facts.seed,
        parameters=order.parameters,
        extra=order.extra,
        sandbox=order.router == SANDBOX,
    )


def ask_for(
    recipe: Recipe,
    *,
    model: str | None = None,
    provider: str | None = None,
    seed: int | None = None,
    new_seed: bool = False,
    count: int = 1,
    output: str | None = None,
) -> Ask:
    """An ask for the same; what is given here comes before what the recipe says.

    Another model is asked of whoever serves it. Where nobody names a model, the ask has none: the usual is meant.
    """
    same = model is None or model == recipe.model
    return Ask(
        model=model or recipe.model or '',
        prompt=recipe.prompt,
        provider=provider or (recipe.provider if same and recipe.model else None),
        parameters=recipe.parameters,
        extra=recipe.extra if same else {},
        count=count,
        seed=None if new_seed else seed if seed is not None else recipe.seed,
        output=output,
    )
