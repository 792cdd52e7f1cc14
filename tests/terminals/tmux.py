"""A tmux pane: its screen is read as characters. From Debian's package tmux."""

import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

__all__ = ['Tmux', 'inside_tmux']


@contextmanager
def inside_tmux(command: Sequence[str], *, folder: Path, passing: bool) -> Iterator[tuple[str, ...]]:
    """Return a command that runs `command` in a new tmux, which lets sequences through (`passing`) or does not."""
    configuration = folder / 'tmux.conf'
    configuration.write_text(
        f'set -g allow-passthrough {"on" if passing else "off"}\nset -g status off\nset -g escape-time 0\n'
        'set -g default-terminal tmux-256color\nset -as terminal-features ",*:RGB"\n'
    )
    tmux = ('tmux', '-u', '-S', str(folder / 'tmux'))
    try:
        yield (*tmux, '-f', str(configuration), 'new-session', shlex.join(command))
    finally:
        subprocess.run([*tmux, 'kill-server'], capture_output=True, check=False)


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
            f'env -u COLUMNS -u LINES {told} {shlex.join(command)}',  # they tell of the terminal of the tests
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
