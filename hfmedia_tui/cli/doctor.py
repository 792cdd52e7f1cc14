"""`hfmedia-tui doctor`: what this program finds, and what stands in its way."""

import asyncio
import os
import platform
import sys
from collections.abc import Awaitable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import click
import msgspec

from hfmedia_tui import __version__
from hfmedia_tui.cli.report import write_object
from hfmedia_tui.domain import Reply, Request, clean
from hfmedia_tui.engine.addresses import Endpoints
from hfmedia_tui.engine.transport import Lost, Transport, Unreached
from hfmedia_tui.errors import AppError, SandboxError, StoreError, UsageError
from hfmedia_tui.media.link import measure_link
from hfmedia_tui.media.terminal import probe
from hfmedia_tui.paths import Paths, find_paths
from hfmedia_tui.providers import Door
from hfmedia_tui.sandbox.process import running
from hfmedia_tui.services import account_name, find_endpoints, paid_today
from hfmedia_tui.settings import Settings, read_settings
from hfmedia_tui.store.ledger import Ledger
from hfmedia_tui.tokens import find_token

__all__ = ['run_doctor']


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    check: str
    ok: bool
    """Whether it is as the program needs it."""
    found: str


def run_doctor(*, as_json: bool, sandbox: bool) -> int:
    """Look at everything, tell it, and return 1 when something is missing that is needed.

    With `sandbox` at the sandbox, where the Hub and the router would be asked.
    """
    findings = [
        # What a Hub, a terminal or the environment told may hold anything.
        msgspec.structs.replace(finding, found=clean(finding.found).replace('\n', ' '))
        for finding in asyncio.run(_look(find_paths(), sandbox=sandbox))
    ]
    if as_json:
        write_object({finding.check: {'ok': finding.ok, 'found': finding.found} for finding in findings})
    else:
        for finding in findings:
            click.echo(f'{"✓" if finding.ok else "✗"} {finding.check:<11}{finding.found}')
    return 0 if all(finding.ok for finding in findings) else 1


async def _look(paths: Paths, *, sandbox: bool) -> list[Finding]:
    findings = [
        Finding(
            check='version',
            ok=True,
            found=f'hfmedia-tui {__version__}, Python {platform.python_version()}, Textual {version("textual")}',
        )
    ]
    findings.extend(await (_sandbox(paths) if sandbox else _network(await asyncio.to_thread(_read, paths))))
    findings.append(await asyncio.to_thread(_terminal, paths))
    findings.append(await asyncio.to_thread(_settings, paths))
    findings.append(await _spent(paths, await asyncio.to_thread(_read, paths)))
    findings.extend(await asyncio.to_thread(_folders, paths))
    return findings


def _read(paths: Paths) -> Settings:
    with suppress(UsageError):  # what is wrong with the file is a finding of its own
        return read_settings(paths.settings)
    return Settings()


async def _sandbox(paths: Paths) -> list[Finding]:
    try:
        async with running(paths.sandbox) as addresses:
            endpoints = Endpoints(hub=addresses.hub, router=addresses.router)
            async with Transport(endpoints, token=None) as transport:
                reached = await _endpoints(endpoints, transport)
    except SandboxError as error:
        return [Finding(check='sandbox', ok=False, found=str(error))]
    return [Finding(check='sandbox', ok=True, found='in place of the Hub and the router; no token needed'), *reached]


async def _network(settings: Settings) -> list[Finding]:
    token = await asyncio.to_thread(find_token)
    endpoints, malformed = find_endpoints(), list[Finding]()
    try:
        Transport(endpoints, token=token)
    except UsageError as error:
        # Everything else is looked at all the same.
        token, malformed = None, [Finding(check='token', ok=False, found=str(error))]
    try:
        async with Transport(endpoints, token=token, proxy=settings.network.proxy) as transport:
            return [*(malformed or [await _token(transport)]), *await _endpoints(endpoints, transport)]
    except UsageError as error:
        return [*malformed, Finding(check='proxy', ok=False, found=str(error))]


async def _endpoints(endpoints: Endpoints, transport: Transport) -> list[Finding]:
    request = Request(method='GET', path='')
    return [
        await _reached('hub', endpoints.hub, transport.ask_hub('/api/models', {'limit': '1'})),
        await _reached('router', endpoints.router, transport.send(Door(base='/v1'), request)),
    ]


async def _token(transport: Transport) -> Finding:
    if not transport.has_token:
        hint = 'none: run `hf auth login`, set HF_TOKEN, or use --sandbox'
        return Finding(check='token', ok=False, found=hint)
    try:
        reply = await transport.ask_hub('/api/whoami-v2')
    except (Unreached, Lost) as error:
        return Finding(check='token', ok=False, found=f'found, and the Hub could not be asked whose: {error}')
    if reply.status == 401:
        return Finding(check='token', ok=False, found='found, and the Hub says that it is not valid')
    name = account_name(reply)
    return Finding(check='token', ok=True, found=f'found, of {name}' if name else 'found')


async def _reached(check: str, url: str, asking: Awaitable[Reply]) -> Finding:
    try:
        reply = await asking
    except (Unreached, Lost) as error:
        return Finding(check=check, ok=False, found=f'{url}: {error}')
    return Finding(check=check, ok=reply.status < 500, found=f'{url} answers ({reply.status})')


def _terminal(paths: Paths) -> Finding:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Finding(check='terminal', ok=True, found='none: standard input or output is redirected')
    try:
        terminal = probe(choice=_read(paths).interface.graphics)
    except AppError as error:
        return Finding(check='terminal', ok=False, found=str(error))
    name = terminal.version or os.environ.get('TERM', 'unknown')
    wrapped = ' in tmux' if terminal.tmux else ''
    cell = f'{terminal.cell.width}x{terminal.cell.height} px a cell'
    graphics = f'{terminal.graphics}'
    if terminal.graphics is not terminal.found:
        graphics += f' by choice, {terminal.found} by what it answers'
    how = f'answered in {terminal.elapsed * 1000:.0f} ms' if terminal.answered else 'not told by the terminal'
    found = f'{name}{wrapped}: {graphics}, {how}; {terminal.colours} colours, {cell}; {_link()}'
    return Finding(check='terminal', ok=True, found=found)


def _link() -> str:
    link = measure_link()
    if link is None:
        return 'the link could not be measured'
    megabits = link.rate * 8 / 1_000_000
    bears = 'over 100 Mbit/s' if megabits > 100 else f'{megabits:.1f} Mbit/s'
    return f'the link bears {bears}, round trip {link.round_trip * 1000:.0f} ms'


def _settings(paths: Paths) -> Finding:
    try:
        settings = read_settings(paths.settings)
    except UsageError as error:
        return Finding(check='settings', ok=False, found=str(error))
    told = 'none, all is as usual' if not paths.settings.exists() else 'read'
    keys = f', with keys for {", ".join(settings.keys)}' if settings.keys else ''
    return Finding(check='settings', ok=True, found=f'{paths.settings}: {told}{keys}')


async def _spent(paths: Paths, settings: Settings) -> Finding:
    """What was sent today that may be billed, as far as this ledger knows, and what the user allows."""
    spend = settings.spend
    allowed = f'{_ceiling(spend.per_run)} allowed at once, {_ceiling(spend.per_day)} a day'
    today = 0
    if paths.ledger.exists():
        try:
            async with Ledger(paths.ledger) as ledger:
                today = await paid_today(ledger.spending)
        except StoreError as error:
            return Finding(check='spent', ok=False, found=str(error))
    return Finding(check='spent', ok=True, found=f'paid requests sent today or waiting: {today:,}; {allowed}')


def _ceiling(requests: int) -> str:
    return f'{requests:,}' if requests else 'any number'


def _folders(paths: Paths) -> list[Finding]:
    folders = {'data': paths.data, 'cache': paths.cache, 'output': paths.output}
    return [_folder(name, path) for name, path in folders.items()]


def _folder(name: str, path: Path) -> Finding:
    """Whether files can be made in `path`, or `path` itself where it is not there yet."""
    there = next(each for each in (path, *path.parents) if each.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return Finding(check=name, ok=True, found=str(path))
    return Finding(check=name, ok=False, found=f'{path}: nothing can be written into {there}')
