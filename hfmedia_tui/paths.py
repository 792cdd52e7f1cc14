"""Where things lie: the XDG folders, or all of them below HFMEDIA_HOME."""

import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import NamedTuple

from hfmedia_tui.errors import UsageError

__all__ = ['Paths', 'file_link', 'find_paths', 'named_file', 'named_folder']


class Paths(NamedTuple):
    """Folders of this user; none is made before it is needed."""

    configuration: Path
    data: Path
    """The ledger, partial downloads and the sandbox's jobs: losing it loses work."""
    cache: Path
    """May be deleted at any time."""
    log: Path
    output: Path
    """Where results go when nothing else is said."""

    @property
    def settings(self) -> Path:
        return self.configuration / 'settings.toml'

    @property
    def wildcards(self) -> Path:
        """Files of alternatives for prompts, one a line."""
        return self.configuration / 'wildcards'

    @property
    def templates(self) -> Path:
        """What was composed and given a name."""
        return self.configuration / 'templates'

    @property
    def ledger(self) -> Path:
        return self.data / 'ledger.sqlite3'

    @property
    def log_file(self) -> Path:
        return self.log / 'hfmedia-tui.log'

    @property
    def sandbox(self) -> Path:
        return self.data / 'sandbox'


def find_paths(environment: Mapping[str, str] = os.environ) -> Paths:
    """Find this user's folders; with HFMEDIA_HOME set they all lie below it.

    Raises UsageError where the environment names one that cannot be.
    """
    if home := environment.get('HFMEDIA_HOME'):
        root = named_folder(home)
        return Paths(root / 'config', root / 'data', root / 'cache', root / 'log', root / 'output')
    import platformdirs  # 5 ms, and not needed where HFMEDIA_HOME is set

    user = platformdirs.PlatformDirs('hfmedia-tui', appauthor=False)
    return Paths(
        named_folder(user.user_config_dir),
        named_folder(user.user_data_dir),
        named_folder(user.user_cache_dir),
        named_folder(user.user_log_dir),
        named_folder(user.user_pictures_dir) / 'hfmedia',
    )


def named_folder(name: str) -> Path:
    """The folder that a user named, with `~` written out.

    Raises UsageError for a name that no record could hold, and for one that would steer a terminal that shows it.
    """
    try:
        name.encode()
        folder = Path(name).expanduser().absolute()
    except UnicodeEncodeError:
        raise UsageError('The name of a folder is not text in UTF-8.', 'See --output and HFMEDIA_HOME.') from None
    except RuntimeError:
        raise UsageError(f'{name!r} begins with the home of nobody.', 'See --output and HFMEDIA_HOME.') from None
    if any(unicodedata.category(character) == 'Cc' for character in str(folder)):
        raise UsageError('The name of a folder holds a control character.', 'See --output and HFMEDIA_HOME.')
    return folder


_MEDIA_ENDINGS = frozenset({'.avif', '.gif', '.jpeg', '.jpg', '.json', '.mov', '.mp4', '.png', '.webm', '.webp'})
_LONGEST_PATH = 4096


def named_file(text: str) -> Path | None:
    """The picture, film or sidecar that a text names by its whole path, as terminals write a file that is dropped.

    They quote it for a shell, or write a URL; None for any other text. Nothing is looked for.
    """
    text = text.strip()
    if len(text) > _LONGEST_PATH or not text.isprintable():
        return None
    import shlex  # 3 ms, and the start does without
    from urllib.parse import unquote, urlsplit

    try:
        words = [unquote(urlsplit(text).path)] if text.startswith('file:') else shlex.split(text)
    except ValueError:
        words = []
    name = words[0] if len(words) == 1 else text
    if not name.startswith(('/', '~/')) or PurePath(name).suffix.lower() not in _MEDIA_ENDINGS:
        return None
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return None


def file_link(path: str) -> str:
    """The URL of a file as a terminal's link (OSC 8) names it: with this machine's name, which may not be the user's.

    https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda#file-uris-and-the-hostname
    """
    import socket  # 5 ms, and only needed to show a result
    from urllib.parse import quote

    return f'file://{quote(socket.gethostname())}{quote(os.fsencode(path))}'
