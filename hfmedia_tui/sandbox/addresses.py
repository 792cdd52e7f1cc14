"""Where a running sandbox answers."""

from msgspec import Struct

__all__ = ['Addresses']


class Addresses(Struct, frozen=True, kw_only=True):
    """Origins of a sandbox, without a slash at the end; the router has its path."""

    hub: str
    router: str
    media: str
    """Another host, or another port, as media comes from elsewhere with a real provider."""
