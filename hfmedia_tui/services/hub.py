"""Asks the Hub, and says in words of ours that it could not be asked."""

from collections.abc import Mapping

from hfmedia_tui.domain import Reply
from hfmedia_tui.engine.transport import Lost, Transport, Unreached
from hfmedia_tui.errors import HubError

__all__ = ['ask_hub']


async def ask_hub(
    transport: Transport,
    path: str,
    query: Mapping[str, str | list[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """The Hub's reply, whatever its status. Raises HubError where there is none."""
    try:
        return await transport.ask_hub(path, query, headers)
    except (Unreached, Lost) as error:
        raise HubError(
            f'The Hub could not be asked: {error}.', 'Check the connection, the proxy and HF_ENDPOINT.'
        ) from None
