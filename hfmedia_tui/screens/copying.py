"""What leaves the machine as text: copied through the terminal, which may be at the other end of an SSH connection.

By OSC 52, https://invisible-island.net/xterm/ctlseqs/ctlseqs.html; tmux, which takes it from nobody as it comes, is
given the text by its own command.
"""

import asyncio
import getpass
import os
import re
import shlex
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from hfmedia_tui.domain import SANDBOX, Job, Order, Output, clean
from hfmedia_tui.screens.choice import Choice
from hfmedia_tui.widgets.plain import one_line, shortened

if TYPE_CHECKING:
    from hfmedia_tui.screens.place import Place
    from hfmedia_tui.services import Services

__all__ = ['command_line', 'copy_from', 'scp_line']

_NOTE_CELLS: Final = 34
_OPTIONS: Final = {'num_inference_steps': '--steps'}
"""Options of `generate` that are not named as their parameter is."""
_USUAL_PORT: Final = '22'
_TMUX_SECONDS: Final = 2.0


async def copy_from(place: 'Place', job: Job, output: Output | None) -> None:
    """Ask what of a job to copy, and copy it; `output` is the result that is meant, where there is one."""
    services = place.services
    if services is None:
        return
    options = [
        (text, label, shortened(one_line(clean(text)), _NOTE_CELLS)) for label, text in _offers(job, output, services)
    ]
    text = await place.app.push_screen_wait(Choice('Copy', options, chosen=''))
    if text is not None:
        place.app.copy_to_clipboard(text)
        if 'TMUX' in os.environ:
            await _give_tmux(text)
        place.notify(clean(text, 200), title='Copied', timeout=3, markup=False)


def _offers(job: Job, output: Output | None, services: 'Services') -> list[tuple[str, str]]:
    """What can be copied, each with its name."""
    order = job.order
    offers = [] if output is None else [('Path', output.path)]
    offers.append(('Prompt', order.prompt))
    if order.hub != SANDBOX:
        offers.append(('Link to the model', f'{order.hub}/{quote(order.model)}'))
    if output is not None:
        offers.append(('scp to fetch it', scp_line(output.path)))
    offers.append(('Command line', command_line(order, seed=job.seed, usual=services.output)))
    return offers


def command_line(order: Order, *, seed: int, usual: Path) -> str:
    """What asks for one job of `order` again in a POSIX shell; results go to the folder `usual` if nothing is said."""
    words = ['hfmedia-tui', 'generate']
    if order.router == SANDBOX:
        words.append('--sandbox')
    words += ['--model', f'{order.model}:{order.provider}' if order.provider else order.model]
    for name, value in order.parameters.items():
        words.append(f'{_OPTIONS.get(name) or "--" + name.replace("_", "-")}={value}')
    words.append(f'--seed={seed}')
    if order.extra:
        import json  # for whole numbers of any size

        words.append(f'--extra={json.dumps(order.extra)}')
    if order.output and Path(order.output) != usual:
        words.append(f'--output={order.output}')
    if order.timeout is not None:
        words.append(f'--timeout={order.timeout!r}')
    if order.bill_to:
        words.append(f'--bill-to={order.bill_to}')
    if not order.fallback and order.provider is None:
        words.append('--no-fallback')
    # A dash alone would stand for standard input; white space around a prompt means nothing.
    prompt = ' -' if order.prompt == '-' else order.prompt
    return shlex.join([*words, '--', prompt])


def scp_line(path: str, environment: Mapping[str, str] = os.environ) -> str:
    """What fetches the file at `path` when it is typed on the machine that the user sits at.

    `SSH_CONNECTION` tells by which address and port the user came: https://man.openbsd.org/ssh#ENVIRONMENT.
    Elsewhere it is the machine's own name.
    """
    connection = environment.get('SSH_CONNECTION', '').split()
    host, port = (connection[2], connection[3]) if len(connection) == 4 else (socket.gethostname(), _USUAL_PORT)
    host = f'[{host}]' if ':' in host else host
    user = environment.get('USER') or environment.get('LOGNAME') or ''
    if not user:
        with suppress(OSError, KeyError):  # a number without a name
            user = getpass.getuser()
    # scp's older protocol has the remote shell read the path, and its newer one a pattern: both take backslashes.
    escaped = re.sub(r'([^\w@%+=:,./-])', r'\\\1', path)
    where = ['-P', port] if port != _USUAL_PORT else []
    return shlex.join(['scp', *where, f'{user}@{host}:{escaped}' if user else f'{host}:{escaped}', '.'])


async def _give_tmux(text: str) -> None:
    """Hand a text to tmux, which keeps it and passes it on to the clipboard of the terminal around it."""
    with suppress(OSError, TimeoutError):
        tmux = await asyncio.create_subprocess_exec(
            *('tmux', 'load-buffer', '-w', '-'),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(_TMUX_SECONDS):
            await tmux.communicate(text.encode())
