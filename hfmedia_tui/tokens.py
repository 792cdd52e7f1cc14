"""Where the user's token is, by the rules of Hugging Face's own tools."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from hfmedia_tui.errors import AppError, HubError, UsageError

__all__ = ['TOKEN_VARIABLES', 'find_token', 'has_token', 'keep_token', 'token_place']

log = logging.getLogger(__name__)

TOKEN_VARIABLES = ('HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN')


def _named(environment: Mapping[str, str]) -> str | None:
    return next((environment[name].strip() for name in TOKEN_VARIABLES if environment.get(name)), '') or None


def _only_named(environment: Mapping[str, str]) -> bool:
    """Whether a token that `hf auth login` stored must not be used without being named.

    https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
    """
    return environment.get('HF_HUB_DISABLE_IMPLICIT_TOKEN', '').upper() in ('1', 'ON', 'YES', 'TRUE')


def find_token(environment: Mapping[str, str] = os.environ) -> str | None:
    """The user's token; None when there is none. Blocking: it may refresh one over the network."""
    if (token := _named(environment)) or _only_named(environment):
        return token
    try:
        from huggingface_hub import get_token  # 100 ms and more, and not needed where HF_TOKEN is set

        return get_token()
    except Exception as error:
        # A damaged file of stored tokens, a refresh without a network: it is as if there were no token. Only the kind
        # of error is told: what it says may be a line of that file.
        log.warning('the stored token could not be read: %s', type(error).__name__)
        return None


def has_token(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether there seems to be a token, told without reading it by Hugging Face's library: at once."""
    return token_place(environment) is not None


def token_place(environment: Mapping[str, str] = os.environ) -> str | None:
    """Where there seems to be a token: the name of a variable, or the path of a file; None where there is none."""
    if _named(environment):
        return next(name for name in TOKEN_VARIABLES if environment.get(name))
    if _only_named(environment):
        return None
    cache = environment.get('XDG_CACHE_HOME') or '~/.cache'
    home = environment.get('HF_HOME') or f'{cache}/huggingface'
    path = Path(os.path.expanduser(environment.get('HF_TOKEN_PATH') or f'{home}/token'))
    try:
        return str(path) if path.stat().st_size > 0 else None
    except (OSError, ValueError):  # a name that no file can have
        return None


def keep_token(token: str) -> None:
    """Have Hugging Face's library check a token with the Hub and keep it where `hf` and all its tools find it.

    Blocking. Raises AppError, which never repeats the token.
    """
    token = token.strip()
    if not (token.isascii() and token.isprintable() and token and ' ' not in token):
        raise UsageError('This is no token.', 'Make one at https://huggingface.co/settings/tokens and paste it whole.')
    from huggingface_hub import login
    from huggingface_hub.errors import HfHubHTTPError

    try:
        login(token=token, skip_if_logged_in=False)
    except HfHubHTTPError as error:
        if error.response.status_code in (401, 403):
            raise HubError('The Hub does not know this token.', 'Was it copied whole, and is it still valid?') from None
        raise HubError(f'The Hub could not check it: it answered {error.response.status_code}.') from None
    except ValueError:
        raise UsageError('The Hub takes no token of this kind.', 'Make a token of your own account.') from None
    except Exception as error:
        # No network, a reply that says nothing, a file that cannot be written: what it says may repeat the token.
        log.warning('the token could not be kept: %s', type(error).__name__)
        raise AppError('The token could not be checked and kept.', 'Is the Hub reachable from here?') from None
