"""Where the user's token is, by the rules of Hugging Face's own tools."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path

__all__ = ['find_token', 'has_token']

log = logging.getLogger(__name__)


def _named(environment: Mapping[str, str]) -> str | None:
    return (environment.get('HF_TOKEN') or environment.get('HUGGING_FACE_HUB_TOKEN') or '').strip() or None


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
    if _named(environment) or _only_named(environment):
        return _named(environment) is not None
    cache = environment.get('XDG_CACHE_HOME') or '~/.cache'
    home = environment.get('HF_HOME') or f'{cache}/huggingface'
    path = Path(os.path.expanduser(environment.get('HF_TOKEN_PATH') or f'{home}/token'))
    try:
        return path.stat().st_size > 0
    except (OSError, ValueError):  # a name that no file can have
        return False
