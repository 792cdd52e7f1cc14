"""`hfmedia-tui models` and `hfmedia-tui jobs`."""

import asyncio

import click

from hfmedia_tui.catalog.wishes import Sort, Wishes
from hfmedia_tui.cli.driving import need_token
from hfmedia_tui.cli.report import describe, job_object, model_object, tell_unreadable, write_object
from hfmedia_tui.domain import Job, JobState, Model, ProviderMapping, Task, clean
from hfmedia_tui.filters import JOBS, read_filter
from hfmedia_tui.paths import find_paths
from hfmedia_tui.services import Offers, open_services
from hfmedia_tui.store.ledger import Ledger

__all__ = ['find_models', 'list_jobs', 'list_models']


def list_models(
    *,
    task: str | None,
    provider: str | None,
    gated: bool | None,
    lora: bool | None,
    sort: str,
    search: str | None,
    refresh: bool,
    as_json: bool,
    sandbox: bool,
) -> int:
    """Write the models that fit, in order, and return the exit code."""
    wishes = Wishes(
        task=None if task is None else Task(task), provider=provider, gated=gated, lora=lora, sort=Sort(sort)
    )
    models = asyncio.run(find_models(wishes, search, refresh=refresh, sandbox=sandbox))
    for model in models:
        if as_json:
            write_object(model_object(model))
        else:
            click.echo(_lines(model))
    if not models:
        click.echo('No model fits.', err=True)
    return 0


async def find_models(wishes: Wishes, search: str | None, *, refresh: bool, sandbox: bool) -> list[Model]:
    """The models that fit, in order. Raises AppError."""
    async with open_services(find_paths(), sandbox=sandbox) as services:
        need_token(services)
        models = await services.catalog.models(refresh)
        if (stale := services.catalog.stale) is not None and (fetched := services.catalog.fetched) is not None:
            click.echo(f'{stale.message} This is the list of {fetched.astimezone():%Y-%m-%d %H:%M}.', err=True)
        familiar = await services.familiar_models() if wishes.sort is Sort.FAVOURITES else ()
        favourites = await services.ledger.models.favourites() if search else ()
        chosen = wishes.pick(models, services.offers.speaks, familiar)
        return services.catalog.search(chosen, search, favourites) if search else chosen


def _lines(model: Model) -> str:
    """One model for people: its name, and below it the `model:provider` names that the other commands take."""
    return '\n'.join([f'{model.task:<15}{model.id}', *(f'  {_offer(model, mapping)}' for mapping in model.mappings)])


def _offer(model: Model, mapping: ProviderMapping) -> str:
    if not Offers.speaks(mapping.provider, model.task):
        return f'{mapping.provider}  not supported'
    standing = '' if mapping.status == 'live' else f'  {mapping.status}'
    return f'{model.id}:{mapping.provider}{standing}'


def list_jobs(*, state: str | None, search: str | None, place: str | None, as_json: bool) -> int:
    """Write the ledger's jobs that fit, oldest first, and return the exit code.

    `place` is `trash` for those in the trash, last thrown away last, and `deleted` for those deleted for good.
    """
    wanted = read_filter(search or '', JOBS)

    async def read() -> tuple[Job, ...]:
        async with Ledger(find_paths().ledger) as ledger:
            if place == 'trash':
                lying = await ledger.trash.jobs()
                jobs = tuple(job for job in reversed(lying) if state is None or job.state == state)
            else:
                states = None if state is None else [JobState(state)]
                jobs = await ledger.jobs(states=states, deleted=place == 'deleted')
            tell_unreadable(ledger.unreadable)
        return jobs

    for job in filter(wanted.fits, asyncio.run(read())):
        if as_json:
            write_object(job_object(job))
        else:
            prompt = clean(job.order.prompt, 60).replace('\n', ' ')
            click.echo(f'{job.id:<12}{job.created_at.astimezone():%Y-%m-%d %H:%M}  {describe(job)}  {prompt}')
    return 0
