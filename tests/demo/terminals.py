"""Real terminals to run the program in: press keys, read the screen, photograph it.

They come from Debian's packages (see `MISSING`); none is emulated here.
"""

import os
import select
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from PIL import Image, ImageGrab

from tests.demo.looking import PATIENCE, until

__all__ = ['MISSING', 'Tmux', 'Xterm', 'virtual_display']

MISSING: Final = [name for name in ('Xvfb', 'xterm', 'xdotool', 'tmux') if shutil.which(name) is None]
"""Programs that are needed and not installed: Debian's packages xvfb, xterm, xdotool and tmux."""

FONT: Final = 'DejaVu Sans Mono'


@contextmanager
def virtual_display(width: int = 2600, height: int = 1600) -> Iterator[str]:
    """An X display without a screen, and its name."""
    reader, writer = os.pipe()
    # Without -noreset it starts anew when its last client leaves, and turns away who comes meanwhile.
    command = [
        'Xvfb',
        '-displayfd',
        str(writer),
        '-screen',
        '0',
        f'{width}x{height}x24',
        '-nolisten',
        'tcp',
        '-noreset',
    ]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        try:
            number = b''
            while not number.endswith(b'\n'):
                assert select.select([reader], [], [], PATIENCE)[0], 'Xvfb did not start'
                number += os.read(reader, 20)
            yield f':{number.decode().strip()}'
        finally:
            os.close(reader)
            server.terminate()


class Xterm:
    """An xterm that draws Sixel as a VT340 does, on a virtual display."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        display: str,
        size: tuple[int, int],
        environment: Mapping[str, str],
        points: int = 11,
    ) -> None:
        columns, rows = size
        options = {
            '-ti': 'vt340',
            '-fa': FONT,
            '-fs': str(points),
            '-geometry': f'{columns}x{rows}+0+0',
            '-bg': 'black',
            '-fg': 'white',
        }
        resources = [
            'XTerm*decTerminalID: vt340',
            'XTerm*numColorRegisters: 256',
            'XTerm*borderWidth: 0',
            'XTerm*internalBorder: 4',
            # xterm writes what it shows into a file: the screen is read without a guess at its pixels.
            f'XTerm*printFileImmediate: {folder / "screen"}',
            'XTerm*VT100.translations: #override <Key>Pause: print-immediate()',
        ]
        self._folder = folder
        self._display = display
        self._environment = {**os.environ, **environment, 'DISPLAY': display, 'LANG': 'C.UTF-8'}
        self._process = subprocess.Popen(
            [
                'xterm',
                *(word for option in options.items() for word in option),
                *(word for resource in resources for word in ('-xrm', resource)),
                *('-e', 'env', 'COLORTERM=truecolor', *command),
            ],
            env=self._environment,
        )
        self._window = ''
        try:
            until(self._appears, 'the terminal window')
        except AssertionError:
            self._end()
            raise
        # Without a window manager, keys go to whatever lies under the pointer.
        self._xdotool('windowfocus', '--sync', self._window)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def press(self, *keys: str) -> None:
        """Press keys by name, such as `Enter`, `F5`, `ctrl+p`."""
        names = {'Enter': 'Return', 'Backspace': 'BackSpace'}
        self._xdotool('key', '--clearmodifiers', '--delay', '12', *(names.get(key, key) for key in keys))

    def type(self, text: str) -> None:
        self._xdotool('type', '--delay', '12', text)

    def text(self) -> str:
        """The screen as lines of text."""
        for old in self._folder.glob('screen*'):
            old.unlink()
        self._xdotool('key', 'Pause')
        written = b''

        def whole() -> bool:
            nonlocal written
            written = b''.join(path.read_bytes() for path in self._folder.glob('screen*'))
            return written.endswith(b'\n') or not self.running

        until(whole, 'the text of the screen')
        return written.decode(errors='replace')

    def look(self) -> Image.Image:
        """What a person sees now."""
        told = dict(
            line.split('=') for line in self._xdotool('getwindowgeometry', '--shell', self._window).splitlines()
        )
        left, top = int(told['X']), int(told['Y'])
        box = (left, top, left + int(told['WIDTH']), top + int(told['HEIGHT']))
        return ImageGrab.grab(xdisplay=self._display).crop(box).convert('RGB')

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def _appears(self) -> str:
        self._window = self._xdotool('search', '--onlyvisible', '--class', 'xterm').strip()
        return self._window

    def _end(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)

    def _xdotool(self, *arguments: str) -> str:
        return subprocess.run(
            ['xdotool', *arguments], env=self._environment, capture_output=True, text=True, check=False
        ).stdout


class Tmux:
    """A tmux pane: its screen is read as characters."""

    def __init__(
        self, command: Sequence[str], *, folder: Path, size: tuple[int, int], environment: Mapping[str, str]
    ) -> None:
        self._socket = folder / 'tmux'
        columns, rows = size
        told = ' '.join(
            f'{name}={shlex.quote(value)}' for name, value in {**environment, 'COLORTERM': 'truecolor'}.items()
        )
        configuration = folder / 'tmux.conf'
        configuration.write_text(
            "set -g status off\nset -g default-terminal tmux-256color\nset -ga terminal-overrides ',*:Tc'\n"
        )
        self._tmux(
            *('-f', str(configuration), 'new-session', '-d', '-x', str(columns), '-y', str(rows)),
            f'env {told} {shlex.join(command)}',
        )
        self.attach: Final = ('tmux', '-S', str(self._socket), 'attach')
        """The command that shows this pane in another terminal."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tmux('kill-server')

    def press(self, *keys: str) -> None:
        """Press keys by name, such as `Enter`, `F5`, `ctrl+p`."""
        names = {'Backspace': 'BSpace'}
        self._tmux('send-keys', *(names.get(key, key.replace('ctrl+', 'C-')) for key in keys))

    def type(self, text: str) -> None:
        self._tmux('send-keys', '-l', text)

    def text(self) -> str:
        """The screen as lines of text."""
        return self._tmux('capture-pane', '-p')

    @property
    def running(self) -> bool:
        return bool(self._tmux('list-panes').strip())

    def _tmux(self, *arguments: str) -> str:
        return subprocess.run(
            ['tmux', '-u', '-S', str(self._socket), *arguments], capture_output=True, text=True, check=False
        ).stdout
