"""Whose token this is."""

import asyncio
import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from hfmedia_tui import private
from hfmedia_tui.domain import Reply, clean
from hfmedia_tui.engine.transport import Transport
from hfmedia_tui.errors import HubError
from hfmedia_tui.services.hub import ask_hub

__all__ = ['Account', 'account_name']

log = logging.getLogger(__name__)

_SECONDS: Final = 5.0
"""How long what cannot go on without an answer waits for the name."""


class Account:
    """The account that pays; `cache` is the folder that keeps its name from start to start."""

    def __init__(self, transport: Transport, cache: Path, *, name: str | None = None) -> None:
        self.name = name
        """Its name, once it is known."""
        self._transport = transport
        self._cache = cache

    @property
    def has_token(self) -> bool:
        return self._transport.has_token

    def use(self, token: str) -> None:
        """Be the account of another token from now on. Raises UsageError for one that no header can carry."""
        self._transport.use_token(token)
        self.name = None

    async def find(self) -> str | None:
        """Its name, asked of the Hub once and kept; None where it does not tell.

        Raises HubError for a token that is not valid.
        """
        if self.name is None and self.has_token:
            # The Hub limits this question strictly, and the answer does not change.
            file = self._cache / f'account-{self._transport.fingerprint}'
            self.name = await asyncio.to_thread(_read_line, file)
            if self.name is None:
                self.name = await self._ask()
                if self.name is not None:
                    await asyncio.to_thread(_write_line, file, self.name)
        return self.name

    async def find_soon(self) -> str | None:
        """Its name, if that is known soon; never fails."""
        try:
            async with asyncio.timeout(_SECONDS):
                return await self.find()
        except (HubError, TimeoutError) as error:
            log.info('the account is not known: %s', error)
            return None

    async def _ask(self) -> str | None:
        reply = await ask_hub(self._transport, '/api/whoami-v2')
        if reply.status == 401:
            raise HubError('The token is not valid.', 'Run `hf auth login` or check HF_TOKEN.', status=401)
        return account_name(reply)


def account_name(reply: Reply) -> str | None:
    """The account that the Hub's `/api/whoami-v2` names, cleaned; None where it does not tell."""
    try:
        told = msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    name = told.get('name') if isinstance(told, dict) else None
    return clean(name, 100) if isinstance(name, str) else None


def _read_line(file: Path) -> str | None:
    try:
        return clean(file.read_text(encoding='utf-8'), 100) or None
    except (OSError, UnicodeDecodeError):
        return None


def _write_line(file: Path, line: str) -> None:
    with suppress(OSError):  # a cache that cannot be written is asked for again
        private.make_folder(file.parent)
        with os.fdopen(private.open_file(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 'w', encoding='utf-8') as lines:
            lines.write(line)
