"""One line after the other: for screen readers, and for terminals that can do nothing else.

The interface paints a screen, which a screen reader cannot tell in any order. This asks for the same things one by one
and tells what happens in lines that stay; nothing is drawn, moved or coloured.
"""

import asyncio
from typing import Final

import click

from hfmedia_tui.catalog.wishes import Wishes
from hfmedia_tui.cli.driving import need_token
from hfmedia_tui.cli.generate import generate
from hfmedia_tui.cli.listing import find_models
from hfmedia_tui.composition import MOST_GENERATIONS
from hfmedia_tui.errors import AppError, OverLimit
from hfmedia_tui.paths import find_paths
from hfmedia_tui.services import Ask, open_services

__all__ = ['run_linear']

_MOST_OFFERED: Final = 9


def run_linear(*, sandbox: bool) -> int:
    """Ask for prompts and generate from each until there is none, and return the last exit code."""
    click.echo('hfmedia-tui, line by line. An empty prompt ends it.')
    model, code = '', 0
    while prompt := click.prompt('Prompt', default='', show_default=False):
        try:
            model = _ask_for_model(model, sandbox=sandbox)
            count = click.prompt('How many', type=click.IntRange(1, MOST_GENERATIONS), default=1)
            requests = f'{count} {"free" if sandbox else "paid"} request{"s" if count > 1 else ""}'
            if click.confirm(f'Send {requests} to {model}?', default=True):
                code = _send(Ask(model=model, prompt=prompt, count=count), sandbox=sandbox)
        except AppError as error:
            click.echo(str(error), err=True)
            code = 1
    return code


def _send(ask: Ask, *, sandbox: bool) -> int:
    """Generate, past a ceiling only after a yes, and return the exit code."""
    try:
        return asyncio.run(generate(ask, as_json=False, sandbox=sandbox))
    except OverLimit as error:
        if not click.confirm(f'{error.message} Send it all the same?'):
            return 0
    return asyncio.run(generate(ask, over_limit=True, as_json=False, sandbox=sandbox))


def _ask_for_model(usual: str, *, sandbox: bool) -> str:
    """Ask which model, by words and then by number. Raises AppError where none can be found."""
    usual = usual or asyncio.run(_usual_model(sandbox=sandbox))
    while words := click.prompt('Model, or words to find one', default=usual):
        if words == usual:
            break
        found = asyncio.run(find_models(Wishes(), words, refresh=False, sandbox=sandbox))[:_MOST_OFFERED]
        if not found:
            click.echo('No model fits.')
            continue
        if words in (model.id for model in found):
            return str(words)
        for number, model in enumerate(found, 1):
            click.echo(f'{number}: {model.id}, {model.task}')
        number = click.prompt('Number, or 0 for other words', type=click.IntRange(0, len(found)), default=1)
        if number:
            return found[number - 1].id
    return usual


async def _usual_model(*, sandbox: bool) -> str:
    async with open_services(find_paths(), sandbox=sandbox) as services:
        need_token(services)
        return await services.usual_model()
