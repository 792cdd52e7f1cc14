"""`hfmedia-tui doctor`: what this program finds, and what stands in its way."""

import asyncio
import os
import platform
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import msgspec

from hfmedia_tui import __version__
from hfmedia_tui.cli.report import write_object
from hfmedia_tui.domain import Request, clean
from hfmedia_tui.engine.transport import Lost, Transport, Unreached
from hfmedia_tui.errors import AppError, UsageError
from hfmedia_tui.media.link import measure_link
from hfmedia_tui.media.terminal import probe
from hfmedia_tui.paths import Paths, find_paths
from hfmedia_tui.providers import Door
from hfmedia_tui.services import account_name, find_endpoints
from hfmedia_tui.settings import read_settings
from hfmedia_tui.tokens import find_token

__all__ = ['run_doctor']


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    check: str
    ok: bool
    """Whether it is as the program needs it."""
    found: str


def run_doctor(*, as_json: bool) -> int:
    """Look at everything, tell it, and return 1 when something is missing that is needed."""
    findings = [
        # What a Hub, a terminal or the environment told may hold anything.
        msgspec.structs.replace(finding, found=clean(finding.found).replace('\n', ' '))
        for finding in asyncio.run(_look())
    ]
    if as_json:
        write_object({finding.check: {'ok': finding.ok, 'found': finding.found} for finding in findings})
    else:
        for finding in findings:
            click.echo(f'{"✓" if finding.ok else "✗"} {finding.check:<11}{finding.found}')
    return 0 if all(finding.ok for finding in findings) else 1


async def _look() -> list[Finding]:
    findings = [
        Finding(
            check='version',
            ok=True,
            found=f'hfmedia-tui {__version__}, Python {platform.python_version()}, Textual {version("textual")}',
        )
    ]
    token = await asyncio.to_thread(find_token)
    endpoints = find_endpoints()
    malformed: str | None = None
    try:
        transport = Transport(endpoints, token=token)
    except UsageError as error:
        # Everything else is looked at all the same.
        transport, malformed = Transport(endpoints, token=None), str(error)
    async with transport:
        findings.append(Finding(check='token', ok=False, found=malformed) if malformed else await _token(transport))
        findings.append(await _reached('hub', endpoints.hub, transport.ask_hub('/api/models', {'limit': '1'})))
        request = Request(method='GET', path='')
        findings.append(await _reached('router', endpoints.router, transport.send(Door(base='/v1'), request)))
    findings.append(await asyncio.to_thread(_terminal, find_paths()))
    findings.append(await asyncio.to_thread(_settings, find_paths()))
    findings.extend(await asyncio.to_thread(_folders, find_paths()))
    return findings


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


async def _reached(check: str, url: str, asking: Any) -> Finding:
    try:
        reply = await asking
    except (Unreached, Lost) as error:
        return Finding(check=check, ok=False, found=f'{url}: {error}')
    return Finding(check=check, ok=reply.status < 500, found=f'{url} answers ({reply.status})')


def _terminal(paths: Paths) -> Finding:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Finding(check='terminal', ok=True, found='none: standard input or output is redirected')
    try:
        terminal = probe(choice=_chosen_graphics(paths))
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


def _chosen_graphics(paths: Paths) -> str:
    with suppress(UsageError):  # what is wrong with the file is a finding of its own
        return read_settings(paths.settings).interface.graphics
    return 'auto'


def _settings(paths: Paths) -> Finding:
    try:
        settings = read_settings(paths.settings)
    except UsageError as error:
        return Finding(check='settings', ok=False, found=str(error))
    told = 'none, all is as usual' if not paths.settings.exists() else 'read'
    keys = f', with keys for {", ".join(settings.keys)}' if settings.keys else ''
    return Finding(check='settings', ok=True, found=f'{paths.settings}: {told}{keys}')


def _folders(paths: Paths) -> list[Finding]:
    folders = {'data': paths.data, 'cache': paths.cache, 'output': paths.output}
    return [Finding(check=name, ok=_writable(path), found=str(path)) for name, path in folders.items()]


def _writable(path: Path) -> bool:
    """Whether files can be made in `path`, or `path` itself where it is not there yet."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path.is_dir() and os.access(path, os.W_OK | os.X_OK)
