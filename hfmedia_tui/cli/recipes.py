"""`hfmedia-tui show` and `hfmedia-tui again`: how a file was made, and making it once more."""

import asyncio
from pathlib import Path
from typing import Any

import click
import msgspec

from hfmedia_tui.cli.generate import generate
from hfmedia_tui.cli.report import write_object
from hfmedia_tui.domain import clean, split_name
from hfmedia_tui.metadata.reading import read_recipe
from hfmedia_tui.metadata.recipe import Recipe
from hfmedia_tui.parameters import PARAMETERS
from hfmedia_tui.paths import find_paths, named_folder
from hfmedia_tui.services.remaking import ask_for, recipe_of
from hfmedia_tui.store.ledger import Ledger

__all__ = ['run_again', 'run_show']


def run_show(name: str, *, as_json: bool) -> int:
    """Write how a file was made, and return the exit code."""
    recipe = read_recipe(Path(name))
    if as_json:
        write_object(_object(recipe))
    else:
        for line in _lines(recipe):
            click.echo(line)
    return 0


def _object(recipe: Recipe) -> dict[str, Any]:
    """A recipe as scripts read it."""
    return {
        'source': recipe.source,
        'prompt': recipe.prompt,
        'task': recipe.task,
        'model': recipe.model,
        'provider': recipe.provider,
        'seed': recipe.seed,
        'parameters': recipe.parameters,
        'extra': recipe.extra,
        'sandbox': recipe.sandbox,
        'signed': recipe.signed,
        'unmapped': dict(recipe.unmapped),
        'facts': dict(recipe.facts),
    }


def _lines(recipe: Recipe) -> list[str]:
    parameters = [
        (parameter.label, ' '.join(filter(None, (str(recipe.parameters[name]), parameter.unit))))
        for name, parameter in PARAMETERS.items()
        if name in recipe.parameters
    ]
    extra = msgspec.json.encode(recipe.extra).decode() if recipe.extra else ''
    told = [
        ('Prompt', recipe.prompt),
        ('Model', recipe.model or ''),
        ('Provider', recipe.provider or ''),
        ('Seed', '' if recipe.seed is None else str(recipe.seed)),
        *parameters,
        ('Extra', clean(extra)),
        ('Written by', recipe.source),
        *recipe.facts,
        ('Credentials', 'C2PA: shown by other tools' if recipe.signed else ''),
    ]
    lines = [_line(name, value) for name, value in told if value]
    if recipe.unmapped:
        lines += ['', 'Not taken over:', *(f'  {_line(name, value)}' for name, value in recipe.unmapped)]
    return lines


def _line(name: str, value: str) -> str:
    return f'{name:<17}' + value.replace('\n', '\n' + ' ' * 17)


def run_again(
    name: str,
    *,
    model: str | None,
    count: int,
    seed: int | None,
    new_seed: bool,
    output: str | None,
    dry_run: bool,
    over_limit: bool,
    as_json: bool,
    sandbox: bool,
) -> int:
    """Generate what a file or a job was made from, and return the exit code."""
    recipe = read_recipe(Path(name)) if Path(name).exists() or '/' in name else asyncio.run(_recipe_of_job(name))
    for label, value in recipe.unmapped:
        click.echo(f'Not taken over: {label}: {value}', err=True)
    if recipe.extra:
        click.echo(f'Sent as it stands: {clean(msgspec.json.encode(recipe.extra).decode())}', err=True)
    wished, provider = split_name(model or '')
    ask = ask_for(
        recipe,
        model=wished or None,
        provider=provider,
        seed=seed,
        new_seed=new_seed,
        count=count,
        output=str(named_folder(output)) if output else None,
    )
    return asyncio.run(
        generate(
            ask,
            task=recipe.task,
            dry_run=dry_run,
            over_limit=over_limit,
            as_json=as_json,
            sandbox=sandbox or recipe.sandbox,
        )
    )


async def _recipe_of_job(name: str) -> Recipe:
    async with Ledger(find_paths().ledger) as ledger:
        return recipe_of(await ledger.find(name))
