"""Which hosts may be asked, and which may be told the token."""

import ipaddress
from urllib.parse import urlsplit

import msgspec

from hfmedia_tui.errors import UsageError

__all__ = ['Endpoints', 'check_media_url', 'is_loopback']


class Endpoints(msgspec.Struct, frozen=True, kw_only=True):
    """The two hosts that the token is for. URLs without a trailing slash; the router's may carry a path."""

    hub: str
    router: str

    def __post_init__(self) -> None:
        for name, url in (('The Hub', self.hub), ('The router', self.router)):
            parts = urlsplit(url)
            if parts.scheme != 'https' and not (parts.scheme == 'http' and is_loopback(parts.hostname)):
                raise UsageError(
                    f'{name} must be an https URL (or http on this machine), not {url[:100]!r}.',
                    'See HF_ENDPOINT and HFMEDIA_ROUTER_URL.',
                )

    @property
    def local(self) -> bool:
        """Whether the router is on this machine: only then may media be, too."""
        return is_loopback(urlsplit(self.router).hostname)


def is_loopback(host: str | None) -> bool:
    """Whether `host` names this machine."""
    if host is None:
        return False
    if host == 'localhost':
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_media_url(url: str, *, local: bool) -> str | None:
    """Why media must not be fetched from `url`, or None when it may.

    https only, and no address of this machine or its network; with `local`, loopback too, by plain http as well.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return 'the link is not a URL'
    if not host:
        return 'the link names no host'
    if is_loopback(host):
        return None if local and parts.scheme in ('http', 'https') else 'the link leads to this machine'
    if parts.scheme != 'https':
        return f'the link is not https but {parts.scheme[:20]!r}'
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return None if address.is_global else 'the link leads into a private network'
