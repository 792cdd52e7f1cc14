"""Where a provider is found: what stands before the paths of its requests, and what opens it."""

from collections.abc import Mapping

from msgspec import Struct

from hfmedia_tui.domain import Access

__all__ = ['Door', 'doors']


class Door(Struct, frozen=True, kw_only=True):
    """Where the requests of one kind of access go, and what the engine adds to them."""

    base: str
    """What stands before a request's path: a path below the router, or the URL of the provider's own host."""
    scheme: str | None = 'Bearer'
    """The word before the secret in the header `Authorization`; None where there is no such header."""
    variables: tuple[str, ...] = ()
    """Environment variables that may hold the provider's own key, the first that is set; empty for the token."""
    caution: str | None = None
    """What to know before going this way, in a sentence."""


def doors(
    name: str, host: str, *variables: str, scheme: str = 'Bearer', caution: str | None = None
) -> Mapping[Access, Door]:
    """Declare a provider that the router knows as `name`, and that takes its own keys at `host`.

    `caution` is about the way through the router.
    """
    return {
        Access.ROUTED: Door(base=f'/{name}', caution=caution),
        Access.OWN_KEY: Door(base=f'https://{host}', scheme=scheme, variables=variables),
    }
