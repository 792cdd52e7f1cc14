"""The one way out: every request to the Hub, the router and media hosts goes through here.

Two clients. One speaks to the Hub, the router and providers' own hosts, attaches the token to the first two and each
key to its own host alone, and follows no redirects. The other fetches media, knows no credentials, keeps no cookies,
and checks every hop: the link, and then the address that its name led to. With a proxy it is the proxy that resolves
names, and only the links are checked.
"""

import asyncio
import hashlib
import http.cookiejar
import logging
import platform
import re
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from functools import partial
from types import MappingProxyType
from typing import Any, Final, Self, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

import msgspec

from hfmedia_tui import __version__
from hfmedia_tui.domain import Access, Reply, Request, clean, masked
from hfmedia_tui.engine.addresses import Endpoints, check_media_address, check_media_url
from hfmedia_tui.engine.client import httpx
from hfmedia_tui.engine.client_pools import ClientPools
from hfmedia_tui.engine.pace import TooSlow, at_pace
from hfmedia_tui.engine.packing import unpacked
from hfmedia_tui.errors import UsageError
from hfmedia_tui.providers import Door

__all__ = ['Lost', 'RefusedLink', 'Stalled', 'Transport', 'Unreached']

log = logging.getLogger(__name__)

Answer = TypeVar('Answer', str, bytes)

_CONNECT_SECONDS: Final = 15.0
_SILENCE_SECONDS: Final = 60.0
"""How long an open connection may bring nothing useful: see `at_pace`."""
_SUBMIT_SILENCES: Final = 3
"""How many times as long a submit is waited for: providers that answer at once hold it for up to two minutes."""
_LARGEST_BODY: Final = 96 * 2**20
"""Bytes of an answer that is read into memory: a few large pictures in base64."""
_MOST_REDIRECTS: Final = 5
_SHORTEST_SECRET: Final = 8
"""Characters: what is shorter keeps nothing secret, and may be found in any answer."""
_USER_AGENT: Final = f'hfmedia-tui/{__version__}; python/{platform.python_version()}'


_TALKATIVE: Final = ('httpx', 'httpcore.connection', 'httpcore.http11', 'httpcore.proxy')
"""Loggers of the HTTP client that are told of a request; whoever embeds this program may listen to them."""


class Unreached(Exception):  # noqa: N818 - says what is known, not that something is wrong
    """No connection was made: nothing can have been started."""


class Lost(Exception):  # noqa: N818
    """Something was sent, and no whole answer came: what happened there is unknown."""


class Stalled(Lost):
    """The connection stayed open, and brought nothing useful."""


class RefusedLink(Exception):  # noqa: N818
    """A link to media leads where this program does not go. Its text says why."""


class Transport:
    """Speaks to one Hub and one router for one account. No secret ever leaves it but in a request."""

    def __init__(
        self,
        endpoints: Endpoints,
        *,
        token: str | None,
        keys: Mapping[str, str] = MappingProxyType({}),
        proxy: str | None = None,
        silence: float = _SILENCE_SECONDS,
    ) -> None:
        """Make it for `token` and for the user's own keys at providers, by the variables that hold them.

        `silence` is how many seconds an open connection may bring nothing useful.
        Raises UsageError for a token or key that no header can carry.
        """
        self.endpoints = endpoints
        self._token: str | None = None
        self._keys: Mapping[str, str] = {}
        self._secrets: frozenset[str] = frozenset()
        """All that were used: an answer to an earlier request may still repeat one."""
        self.use_token(token)
        self.use_keys(keys)
        self._proxy = proxy
        self._silence = silence
        self._api: ClientPools | None = None
        self._media: ClientPools | None = None

    def use_token(self, token: str | None) -> None:
        """Speak for this token from the next request on. Raises UsageError for one that no header can carry."""
        if token and not _is_token(token):
            raise _malformed('The token', 'Copy it anew into HF_TOKEN, or run `hf auth login`.')
        self._token = token
        self._secrets |= {token} if token else set()

    def use_keys(self, keys: Mapping[str, str]) -> None:
        """Use these keys of the user's own, by variable, from the next request on. Raises UsageError, as above."""
        for name, key in keys.items():
            if key and not _is_token(key):
                raise _malformed(name, 'Copy it anew.')
        self._keys = keys
        self._secrets |= set(keys.values())

    @property
    def has_token(self) -> bool:
        return self._token is not None

    @property
    def fingerprint(self) -> str:
        """Tells this Hub and token from others, and neither can be told from it."""
        return hashlib.sha256(f'{self.endpoints.hub} {self._token}'.encode()).hexdigest()[:24]

    def __repr__(self) -> str:
        return f'Transport({self.endpoints!r})'

    async def __aenter__(self) -> Self:
        # Certificates are read from disk: tens of milliseconds.
        try:
            self._api, self._media = await asyncio.to_thread(self._clients)
        except ImportError:
            raise UsageError('A SOCKS proxy cannot be used.', 'Name one that speaks HTTP.') from None
        except (ValueError, httpx.InvalidURL):
            # Neither its URL nor what is wrong with it is shown: both may hold a password.
            raise UsageError(
                'The proxy cannot be used: its URL is none.', 'Give it as http://host:port, by --proxy or HTTPS_PROXY.'
            ) from None
        for name in _TALKATIVE:
            logging.getLogger(name).addFilter(self._hush)
        return self

    async def __aexit__(self, *_: object) -> None:
        for name in _TALKATIVE:
            logging.getLogger(name).removeFilter(self._hush)
        for client in (self._api, self._media):
            if client is not None:
                await client.aclose()

    def _clients(self) -> tuple[ClientPools, ClientPools]:
        # A proxy of the environment is for the world outside, not for a router on this machine.
        trust_env = not self.endpoints.local
        certificates = httpx.create_ssl_context(trust_env=trust_env)

        def client(**headers: str) -> httpx.AsyncClient:
            return httpx.AsyncClient(
                trust_env=trust_env,
                verify=certificates,
                proxy=self._proxy,
                # Plain http is spoken with this machine alone: through a proxy it would show the token.
                mounts={'http://': None},
                headers={'user-agent': _USER_AGENT, **headers},
                cookies=http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[])),
                follow_redirects=False,
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=8, keepalive_expiry=30),
                timeout=self._timeout(self._silence),
            )

        # Media are compressed already, and ranges count the bytes that are sent.
        return (
            ClientPools(partial(client, **{'accept-encoding': 'gzip'})),
            ClientPools(partial(client, **{'accept-encoding': 'identity'})),
        )

    @staticmethod
    def _timeout(silence: float) -> httpx.Timeout:
        return httpx.Timeout(silence, connect=_CONNECT_SECONDS, pool=None)

    # ------------------------------------------------------------------------------------------ the Hub

    async def ask_hub(
        self, path: str, query: Mapping[str, str | list[str]] | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """GET `path`, a path below the Hub or a URL that the Hub gave for a next page.

        Raises Unreached or Lost. A URL that leaves the Hub raises Lost: nothing is sent.
        """
        url = path if path.startswith(('http:', 'https:')) else f'{self.endpoints.hub}{path}'
        if not _is_below(url, self.endpoints.hub):
            raise Lost("the Hub's next page lies elsewhere")
        if query:
            url = f'{url}?{urlencode(query, doseq=True)}'
        return await self._exchange('GET', url, {**(headers or {}), **self._bearer(url)}, None)

    # ------------------------------------------------------------------------------------------ the router

    def access(self, doors: Mapping[Access, Door]) -> Access:
        """The way to take to a provider: with the user's own key there, where there is one, else the usual one."""
        own = doors.get(Access.OWN_KEY)
        return Access.OWN_KEY if own is not None and self._key(own) else next(iter(doors))

    def opens(self, access: Access, doors: Mapping[Access, Door]) -> bool:
        """Whether there are credentials for this way, or it needs none."""
        match access:
            case Access.ROUTED:
                return self._token is not None
            case Access.OWN_KEY:
                return access in doors and self._key(doors[access]) is not None
            case Access.ANONYMOUS:
                return True

    async def send(
        self, door: Door, request: Request, *, access: Access = Access.ROUTED, bill_to: str | None = None
    ) -> Reply:
        """Send a provider's request through its door, with what opens it. Raises Unreached or Lost."""
        url = self.address(door, request)
        headers = dict(request.headers)
        match access:
            case Access.ROUTED:
                headers |= self._bearer(url)
                if bill_to:
                    headers['X-HF-Bill-To'] = bill_to
            case Access.OWN_KEY if not _is_routed(door):
                headers['authorization'] = f'{door.scheme} {self._key(door)}'
            case _:
                pass
        body = None
        if request.body is not None:
            headers['content-type'] = 'application/json'
            body = msgspec.json.encode(request.body)
        return await self._exchange(request.method, url, headers, body)

    def address(self, door: Door, request: Request) -> str:
        """The whole URL that a provider's request goes to; no secret is in it."""
        url = f'{self.endpoints.router if _is_routed(door) else ""}{door.base}{request.path}'
        return f'{url}?{urlencode(request.query)}' if request.query else url

    def _key(self, door: Door) -> str | None:
        return next((self._keys[name] for name in door.variables if self._keys.get(name)), None)

    def _bearer(self, url: str) -> dict[str, str]:
        """The header with the token, for the Hub's and the router's own URLs only.

        In plain http neither has it but where the router is on this machine: a Hub there is else not the user's own.
        """
        ours = _is_below(url, self.endpoints.hub) or _is_below(url, self.endpoints.router)
        ours = ours and (url.startswith('https:') or self.endpoints.local)
        return {'authorization': f'Bearer {self._token}'} if self._token and ours else {}

    async def _exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        assert self._api is not None
        began = time.monotonic()
        timeout = self._timeout(self._silence * (_SUBMIT_SILENCES if method == 'POST' else 1))
        try:
            async with self._api.stream(method, url, headers=headers, content=body, timeout=timeout) as response:
                reply = Reply(
                    status=response.status_code,
                    headers={name: self._without_secrets(value) for name, value in response.headers.items()},
                    body=self._without_secrets(await _read(at_pace(unpacked(response), self._silence), _LARGEST_BODY)),
                )
        except _TROUBLES as error:
            trouble = _trouble(error)
            log.debug('%s %s: %s after %.2f s', method, _named(url), trouble, time.monotonic() - began)
            raise trouble from None
        log.debug('%s %s: %d in %.2f s', method, _named(url), reply.status, time.monotonic() - began)
        return reply

    def _hush(self, record: logging.LogRecord) -> bool:
        """Mask what the HTTP client tells its own log: whole URLs, and the headers that came."""
        record.msg, record.args = self._without_secrets(masked(record.getMessage())), ()
        return True

    def _without_secrets(self, answer: Answer) -> Answer:
        """Take out of an answer what it repeats of our secrets, as a complaint about one does: it is shown and kept."""
        for secret in self._secrets:
            if len(secret) >= _SHORTEST_SECRET:
                if isinstance(answer, bytes):
                    answer = answer.replace(secret.encode(), b'[secret]')
                else:
                    answer = answer.replace(secret, '[secret]')
        return answer

    # ------------------------------------------------------------------------------------------ media

    @asynccontextmanager
    async def open_media(
        self, url: str, headers: Mapping[str, str] = MappingProxyType({})
    ) -> AsyncIterator[tuple[Reply, AsyncIterator[bytes]]]:
        """GET media: its reply without a body, and the body piece by piece.

        Raises RefusedLink where a hop leads somewhere that is not asked, Unreached and Lost.
        """
        assert self._media is not None
        for _ in range(_MOST_REDIRECTS + 1):
            if reason := check_media_url(url, local=self.endpoints.local):
                raise RefusedLink(reason)
            try:
                watch = {'trace': self._watch(httpx.URL(url).raw_host.decode())}
                async with self._media.stream('GET', url, headers=headers, extensions=watch) as response:
                    # Its path is not told: a signature may be a part of it.
                    log.debug('media of %s: %d', response.url.host, response.status_code)
                    if response.is_redirect and (location := response.headers.get('location')):
                        url = _redirected(url, location)
                        continue
                    yield (
                        Reply(status=response.status_code, headers=dict(response.headers.items())),
                        self._pieces(response),
                    )
                    return
            except _TROUBLES as error:
                raise _trouble(error) from None
        raise RefusedLink(f'the link was redirected more than {_MOST_REDIRECTS} times')

    def _watch(self, host: str) -> Callable[[str, Mapping[str, Any]], Coroutine[Any, Any, None]]:
        """Refuse the address that `host` led to before a byte is sent there.

        It is the address really connected to, so that no second answer of a name server can stand in for the one that
        was checked (https://www.python-httpx.org/advanced/extensions/#trace).
        """
        asked = ''

        async def watch(event: str, told: Mapping[str, Any]) -> None:
            nonlocal asked
            if event == 'connection.connect_tcp.started':
                asked = told['host']
            elif event == 'connection.connect_tcp.complete' and asked == host:  # else it is a proxy
                stream = told['return_value']
                if reason := check_media_address(stream.get_extra_info('server_addr')[0], local=self.endpoints.local):
                    await stream.aclose()
                    raise RefusedLink(reason)

        return watch

    async def _pieces(self, response: httpx.Response) -> AsyncIterator[bytes]:
        try:
            async for piece in at_pace(unpacked(response), self._silence):
                yield piece
        except _TROUBLES as error:
            raise _trouble(error) from None


def _is_routed(door: Door) -> bool:
    """Whether the router stands before a provider."""
    return door.base.startswith('/')


def _malformed(name: str, hint: str) -> UsageError:
    return UsageError(f'{name} is malformed: it holds something else than plain letters, digits and signs.', hint)


def _is_token(text: str) -> bool:
    """Whether a header can carry `text` as a token: visible ASCII without spaces."""
    return re.fullmatch(r'[!-~]+', text) is not None


def _named(url: str) -> str:
    """Host and path for the log: a query may hold a secret."""
    parts = urlsplit(url)
    return f'{parts.hostname} {clean(parts.path, 200)}'


def _redirected(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise RefusedLink('the link was redirected to what is not a URL') from None


def _is_below(url: str, base: str) -> bool:
    """Whether `url` has the scheme, host and port of `base` and lies below its path."""
    try:
        there, here = urlsplit(url), urlsplit(base)
    except ValueError:
        return False
    return (there.scheme, there.netloc) == (here.scheme, here.netloc) and (
        there.path == here.path or there.path.startswith(f'{here.path.rstrip("/")}/')
    )


async def _read(pieces: AsyncIterator[bytes], most: int) -> bytes:
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > most:
            raise Lost(f'the answer is larger than {most // 2**20} MiB')
    return bytes(body)


_TROUBLES: Final = (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError, TooSlow)


def _trouble(error: Exception) -> Unreached | Lost:
    """Say what is known after `error`; the texts name no URL, for a link may be signed."""
    match error:
        case httpx.ConnectTimeout():
            return Unreached(f'no connection within {_CONNECT_SECONDS:g} s')
        case httpx.ConnectError() | httpx.ProxyError() | httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return Unreached('no connection could be made')
        case httpx.LocalProtocolError() | UnicodeError():
            return Unreached('the request is none that can be sent')
        case httpx.TimeoutException():
            return Stalled('the connection went silent')
        case TooSlow():
            return Stalled('what came was too little to go on waiting for')
        case _:
            return Lost('the connection broke')
