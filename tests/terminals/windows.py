"""Real terminals in windows, on a virtual display: press keys, read the screen, photograph it.

They come from Debian's packages; none is emulated here. Each has a key that writes what it shows into a file, so that
its screen is read without a guess at pixels.
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from PIL import Image, ImageGrab

from tests.terminals.display import missing
from tests.terminals.looking import PATIENCE, until

__all__ = ['MISSING', 'Foot', 'Kitty', 'Window', 'Xterm']

MISSING: Final = missing('Xvfb', 'xterm', 'xdotool', 'tmux')
"""What the least of the tests in terminals needs and has not."""

FONT: Final = 'DejaVu Sans Mono'
_OF_ANOTHER: Final = ('COLUMNS', 'LINES')
"""Variables that tell the size of the terminal that the tests run in, or of what stands in for one."""
_COPY: Final = 'cat > {0}.part; echo >> {0}.part; mv {0}.part {0}'
"""Writes the text of a screen into a file, and never half of it."""


class Window:
    """A terminal's window, from the beginning to the end of the block."""

    def __init__(self, *, folder: Path, display: str, environment: Mapping[str, str]) -> None:
        """Make a window on `display`; its program and what it writes lies in `folder`."""
        self._folder = folder
        kept = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER}
        self._environment = {**kept, **environment, 'DISPLAY': display, 'LANG': 'C.UTF-8'}
        self._display = display
        self._window = ''
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def press(self, *keys: str) -> None:
        """Press keys by name, such as `Enter`, `F5`, `ctrl+p`."""
        names = {'Enter': 'Return', 'Backspace': 'BackSpace', 'PageUp': 'Prior', 'PageDown': 'Next', 'Space': 'space'}
        self._xdotool('key', '--clearmodifiers', '--delay', '12', *(names.get(key, key) for key in keys))

    def type(self, text: str) -> None:
        self._xdotool('type', '--delay', '12', text)

    def text(self) -> str:
        """The screen as lines of text; nothing where the terminal does not answer for two seconds."""
        for old in self._folder.glob('screen*'):
            old.unlink()
        self._xdotool('key', 'Pause')
        end = time.monotonic() + 2
        while self.running and time.monotonic() < end:
            written = b''.join(path.read_bytes() for path in self._folder.glob('screen*') if path.suffix != '.part')
            if written.endswith(b'\n'):
                return written.decode(errors='replace')
            time.sleep(0.02)  # a file tells nobody when it is written
        return ''

    def look(self) -> Image.Image:
        """What a person sees now."""
        left, top, width, height = self._geometry()
        grabbed = ImageGrab.grab(xdisplay=self._display)
        return grabbed.crop((left, top, left + width, top + height)).convert('RGB')

    def resize(self, width: float, height: float) -> None:
        """Make the window wider and higher by these factors."""
        _, _, before_width, before_height = self._geometry()
        self._xdotool(
            'windowsize', '--sync', self._window, str(int(before_width * width)), str(int(before_height * height))
        )

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def _open(self, command: Sequence[str], kind: str) -> None:
        """Start `command`, which opens a window of the X class `kind`."""
        self._process = self._run(command)
        try:
            until(lambda: self._find(kind), f'the window of {command[0]}')
        except AssertionError:
            self._stack.close()
            raise
        # Without a window manager, keys go to whatever lies under the pointer.
        self._xdotool('windowfocus', '--sync', self._window)

    def _run(self, command: Sequence[str]) -> 'subprocess.Popen[bytes]':
        log = self._stack.enter_context((self._folder / f'{Path(command[0]).name}.log').open('wb'))
        process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        self._stack.callback(process.wait, PATIENCE)
        self._stack.callback(process.terminate)
        return process

    def _find(self, kind: str) -> str:
        self._window = self._xdotool('search', '--onlyvisible', '--class', kind).strip().partition('\n')[0]
        return self._window

    def _geometry(self) -> tuple[int, int, int, int]:
        told = self._xdotool('getwindowgeometry', '--shell', self._window)
        facts = dict(line.split('=') for line in told.splitlines())
        return int(facts['X']), int(facts['Y']), int(facts['WIDTH']), int(facts['HEIGHT'])

    def _xdotool(self, *arguments: str) -> str:
        return subprocess.run(
            ['xdotool', *arguments], env=self._environment, capture_output=True, text=True, check=False
        ).stdout


class Xterm(Window):
    """An xterm that draws Sixel as a VT340 does."""

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
        super().__init__(folder=folder, display=display, environment=environment)
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
            f'XTerm*printFileImmediate: {folder / "screen"}',
            'XTerm*VT100.translations: #override <Key>Pause: print-immediate()',
        ]
        self._open(
            [
                'xterm',
                *(word for option in options.items() for word in option),
                *(word for resource in resources for word in ('-xrm', resource)),
                *('-e', 'env', 'COLORTERM=truecolor', *command),
            ],
            'xterm',
        )


class Kitty(Window):
    """Debian's kitty, drawn by the processor."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        display: str,
        size: tuple[int, int],
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(
            folder=folder,
            display=display,
            environment={**environment, 'LIBGL_ALWAYS_SOFTWARE': '1', 'KITTY_CONFIG_DIRECTORY': str(folder)},
        )
        columns, rows = size
        configuration = folder / 'kitty.conf'
        configuration.write_text(
            f'font_family {FONT}\nfont_size 11\ncursor_blink_interval 0\nupdate_check_interval 0\n'
            f'remember_window_size no\ninitial_window_width {columns}c\ninitial_window_height {rows}c\n'
            'confirm_os_window_close 0\nshell_integration disabled\nenable_audio_bell no\n'
            f'map pause pipe @screen none sh -c "{_COPY.format(folder / "screen")}"\n'
        )
        self._open(['kitty', '--config', str(configuration), *command], 'kitty')


class Foot(Window):
    """A foot in weston, a Wayland compositor in a window of the display; it always fills it."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        display: str,
        size: tuple[int, int],
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(folder=folder, display=display, environment=environment)
        columns, rows = size
        # A socket's name may be 107 bytes long: it lies in a folder of its own.
        runtime = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix='wl')))
        self._environment |= {'XDG_RUNTIME_DIR': str(runtime), 'WAYLAND_DISPLAY': 'terminal'}
        configuration = folder / 'foot.ini'
        configuration.write_text(
            f'font={FONT}:pixelsize=15\npad=0x0\n'
            f'[key-bindings]\npipe-visible=[sh -c "{_COPY.format(folder / "screen")}"] Pause\n'
        )
        options = ('--backend=x11-backend.so', '--shell=kiosk-shell.so', '--socket=terminal', '--idle-time=0')
        area = (f'--width={columns * 9}', f'--height={rows * 18}')
        self._open(['weston', '--no-config', '--use-pixman', *options, *area], 'weston')
        until((runtime / 'terminal').exists, 'the socket of weston')
        self._process = self._run(['foot', f'--config={configuration}', *command])
