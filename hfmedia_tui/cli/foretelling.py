"""`hfmedia-tui generate --dry-run`: what would be sent, told instead of being sent."""

import json
import sys
from collections.abc import Sequence
from typing import Any

import click
import msgspec

from hfmedia_tui.cli.report import write_object
from hfmedia_tui.domain import Access, Order, harmless
from hfmedia_tui.engine.beginning import Foreseen
from hfmedia_tui.services import Services

__all__ = ['foretell']


def foretell(services: Services, orders: Sequence[Order], *, as_json: bool) -> int:
    """Write every request that the jobs of `orders` would begin with, then how many, and return the exit code."""
    requests = [request for order in orders for request in services.pool.foresee(order)]
    unsendable = [request for request in requests if request.failure is not None]
    paid = sum(_is_paid(request, services) for request in requests)
    for request in requests:
        if as_json:
            write_object({'event': 'would_send', 'request': _object(request, services)})
        elif request.failure is None:
            _write(request)
    if as_json:
        write_object({'event': 'would_end', 'requests': len(requests) - len(unsendable), 'paid': paid})
    for reason in dict.fromkeys(str(request.failure.message) for request in unsendable if request.failure):
        click.echo(reason, err=True)
    if any(order.seed is None for order in orders):
        click.echo('Seeds are drawn anew when it is sent; --seed fixes them.', err=True)
    click.echo(f'Would be sent: {len(requests) - len(unsendable)}, of them paid: {paid}. Nothing was sent.', err=True)
    return 1 if unsendable else 0


def _is_paid(request: Foreseen, services: Services) -> bool:
    return request.failure is None and request.access is not Access.ANONYMOUS and not services.sandbox


def _object(request: Foreseen, services: Services) -> dict[str, Any]:
    """A request as scripts read it."""
    order = request.job.order
    return {
        'model': order.model,
        'task': order.task,
        'provider': request.provider,
        'prompt': order.prompt,
        'seed': request.job.seed,
        'paid': _is_paid(request, services),
        'method': request.method,
        'url': request.url,
        'headers': request.headers,
        'body': request.body,
        'then': request.then,
        'output': order.output,
        'error': request.failure,
    }


def _write(request: Foreseen) -> None:
    """Write a request as HTTP has it, without what opens the way."""
    body = json.dumps(msgspec.to_builtins(request.body), ensure_ascii=False, indent=2)
    head = [f'{request.method} {request.url}', *(f'{name}: {value}' for name, value in request.headers.items())]
    sys.stdout.write(harmless('\n'.join([*head, body, ''])) + '\n')
    if request.then:
        click.echo(f'If {request.provider} refuses: {", ".join(request.then)}.', err=True)
