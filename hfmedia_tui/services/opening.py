"""Opens the rooms below in order, and closes them in the other."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from hfmedia_tui.catalog.catalog import Catalog
from hfmedia_tui.domain import SANDBOX, Reply
from hfmedia_tui.engine.addresses import Endpoints
from hfmedia_tui.engine.pool import Pool
from hfmedia_tui.engine.tools import Limits, Tools
from hfmedia_tui.engine.transport import Transport
from hfmedia_tui.media.inspect import inspect
from hfmedia_tui.metadata.inscribing import Inscriber
from hfmedia_tui.paths import Paths
from hfmedia_tui.providers import MACHINES
from hfmedia_tui.services.account import Account
from hfmedia_tui.services.hooks import Hooks
from hfmedia_tui.services.house import Services
from hfmedia_tui.services.hub import ask_hub
from hfmedia_tui.services.offers import Offers
from hfmedia_tui.services.ordering import Ordering
from hfmedia_tui.services.own_keys import own_keys
from hfmedia_tui.services.trash import UndoableTrash
from hfmedia_tui.settings import Settings, read_settings
from hfmedia_tui.store.ledger import Ledger
from hfmedia_tui.tokens import find_token

__all__ = ['find_endpoints', 'open_services']

_SANDBOX_TOKEN: Final = 'hf_sandbox'


def find_endpoints(environment: Mapping[str, str] = os.environ) -> Endpoints:
    """The Hub and the router that the environment names. Raises UsageError for one that is no https URL."""
    return Endpoints(
        hub=(environment.get('HF_ENDPOINT') or 'https://huggingface.co').rstrip('/'),
        router=(environment.get('HFMEDIA_ROUTER_URL') or 'https://router.huggingface.co').rstrip('/'),
    )


@asynccontextmanager
async def open_services(
    paths: Paths,
    *,
    sandbox: bool = False,
    limits: Limits | None = None,
    proxy: str | None = None,
    token: str | None = None,
    environment: Mapping[str, str] = os.environ,
    pace: float = 1.0,
    patience: float = 1.0,
    silence: float = 60.0,
    settings: Settings | None = None,
    read_at_once: bool = False,
) -> AsyncIterator[Services]:
    """Open the house: ledger, transport, catalogue and pool, and the sandbox first when it is asked for.

    `limits`, `proxy` and `token` come before the user's own; `settings` are read where they are not given.
    `pace` multiplies the time that the sandbox takes, and `patience` the time between two requests of a job; `silence`
    is how many seconds an open connection may bring nothing useful. With `read_at_once` the past can be read while it
    is still looked at whether the ledger is whole: `ledger.examined` tells. Raises AppError.
    """
    if settings is None:
        settings = await asyncio.to_thread(read_settings, paths.settings)
    async with AsyncExitStack() as stack:
        if sandbox:
            from hfmedia_tui.sandbox.process import running  # only where it is used

            addresses = await stack.enter_async_context(running(paths.sandbox, pace=pace))
            endpoints = Endpoints(hub=addresses.hub, router=addresses.router)
            token, proxy = _SANDBOX_TOKEN, None
        else:
            endpoints = find_endpoints(environment)
            token = token or await asyncio.to_thread(find_token, environment)
            proxy = proxy or settings.network.proxy
        keys = {} if sandbox else own_keys(environment, settings)
        ledger = await stack.enter_async_context(Ledger(paths.ledger, read_at_once=read_at_once))
        transport = await stack.enter_async_context(
            Transport(endpoints, token=token, keys=keys, proxy=proxy, silence=silence)
        )

        async def ask(path: str, query: Mapping[str, str | list[str]] | None, headers: Mapping[str, str]) -> Reply:
            return await ask_hub(transport, path, query, headers)

        name = hashlib.sha256(endpoints.hub.encode()).hexdigest()[:12]
        catalog = Catalog(
            ask,
            speaks=Offers.speaks,
            file=None if sandbox else paths.cache / f'models-{name}.json',
        )
        account = Account(transport, paths.cache, name=SANDBOX if sandbox else None)
        tools = Tools(
            ledger=ledger,
            transport=transport,
            machines=MACHINES,
            inspect=inspect,
            inscribe=Inscriber(inspect, lambda: services.settings.output),
            shelter=paths.data / 'shelter',
            account=account.find_soon,
            limits=limits or Limits(total=settings.jobs.total, per_provider=settings.jobs.per_provider),
            patience=patience,
        )
        pool = Pool(tools)
        # Left after the pool: what ends while that is left is told too.
        hooks = await stack.enter_async_context(
            Hooks(pool.subscribe(), lambda: services.settings.hooks.finished, environment)
        )
        await stack.enter_async_context(pool)
        offers = Offers(transport)
        router = SANDBOX if sandbox else endpoints.router

        def hear_keys(settings: Settings) -> None:
            if not sandbox:
                transport.use_keys(own_keys(environment, settings))

        services = Services(
            paths=paths,
            settings=settings,
            endpoints=endpoints,
            router=router,
            ledger=ledger,
            catalog=catalog,
            pool=pool,
            offers=offers,
            account=account,
            ordering=Ordering(
                catalog=catalog,
                offers=offers,
                account=account,
                hub=SANDBOX if sandbox else endpoints.hub,
                router=router,
                output=paths.output,
            ),
            hooks=hooks,
            trash=UndoableTrash(ledger.trash, pool),
            hear_keys=hear_keys,
        )
        yield services
