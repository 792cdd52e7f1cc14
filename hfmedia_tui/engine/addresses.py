"""Which hosts and addresses may be asked, and which hosts may be told the token."""

import ipaddress
import socket
from typing import Final
from urllib.parse import urlsplit

import msgspec

from hfmedia_tui.engine.client import httpx
from hfmedia_tui.errors import UsageError

__all__ = ['Endpoints', 'check_media_address', 'check_media_url', 'is_loopback']

_TRANSLATED: Final = ipaddress.IPv6Network('64:ff9b::/96')


class Endpoints(msgspec.Struct, frozen=True, kw_only=True):
    """The two hosts that the token is for. URLs without a trailing slash; the router's may carry a path."""

    hub: str
    router: str

    def __post_init__(self) -> None:
        for name, variable, url in (
            ('The Hub', 'HF_ENDPOINT', self.hub),
            ('The router', 'HFMEDIA_ROUTER_URL', self.router),
        ):
            parts = _parsed(url)
            plain = parts is not None and bool(parts.host) and not (parts.userinfo or parts.query or parts.fragment)
            if not (parts and plain and (parts.scheme == 'https' or _is_local(parts))):
                # The URL itself is not shown: it may hold a password.
                raise UsageError(
                    f'{name} must be an https URL (or http on this machine), and {variable} is none.',
                    'Such as https://huggingface.co: no name, password or query belongs in it.',
                )

    @property
    def local(self) -> bool:
        """Whether the router is on this machine: only then may media be, too."""
        return is_loopback(httpx.URL(self.router).host)


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine."""
    name = host.lower().rstrip('.')
    address = _address(name)
    return name == 'localhost' or name.endswith('.localhost') or (address is not None and address.is_loopback)


def check_media_url(url: str, *, local: bool) -> str | None:
    """Why media must not be fetched from `url`, or None when it may.

    https only, and no address of this machine or its network; with `local`, loopback too, by plain http as well.
    The URL is read as the client reads it that will be sent there.
    """
    parts = _parsed(url)
    if parts is None:
        return 'the link is not a URL'
    if not parts.host:
        return 'the link names no host'
    if is_loopback(parts.host):
        return None if local and parts.scheme in ('http', 'https') else 'the link leads to this machine'
    if parts.scheme != 'https':
        return f'the link is not https but {parts.scheme[:20]!r}'
    address = _address(parts.host.rstrip('.'))
    return None if address is None else check_media_address(str(address), local=local)


def check_media_address(text: str, *, local: bool) -> str | None:
    """Why media must not be fetched from the address that a name led to, or None when it may."""
    address = _address(text)
    if address is None:
        return 'the link leads to what is no address'
    if address.is_loopback:
        return None if local else 'the link leads to this machine'
    return None if address.is_global and not address.is_multicast else 'the link leads into a private network'


def _parsed(url: str) -> httpx.URL | None:
    """The URL as the client reads it; None where that, or the standard library's stricter reading, is impossible."""
    try:
        _ = urlsplit(url).port
        return httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        return None


def _is_local(url: httpx.URL) -> bool:
    return url.scheme == 'http' and is_loopback(url.host)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that `host` is, in any way of writing it that the system's resolver reads; None for a name.

    `inet_aton` reads 127.1, 0x7f.1 and 2130706433 (https://man7.org/linux/man-pages/man3/inet.3.html).
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except (OSError, ValueError):
            return None
    return _embedded(address) or address if isinstance(address, ipaddress.IPv6Address) else address


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The address that another one only wraps: mapped, of 6to4 (RFC 3056), or behind a translator (RFC 6052)."""
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
