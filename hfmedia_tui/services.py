"""Opens and closes the rooms below in order, and is the only wiring diagram of the house.

What the screens and the command line ask for goes through here: an ask becomes an order, an order becomes jobs.
"""

import asyncio
import hashlib
import logging
import os
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from hfmedia_tui import private
from hfmedia_tui.catalog.catalog import Catalog
from hfmedia_tui.domain import (
    FINAL_STATES,
    Access,
    Job,
    Model,
    Order,
    ProviderMapping,
    Reply,
    Task,
    clean,
)
from hfmedia_tui.engine.addresses import Endpoints
from hfmedia_tui.engine.pool import Pool, new_order_id
from hfmedia_tui.engine.tools import Limits, Tools
from hfmedia_tui.engine.transport import Lost, Transport, Unreached
from hfmedia_tui.errors import HubError, UsageError
from hfmedia_tui.media.inspect import inspect
from hfmedia_tui.parameters import is_text, sized
from hfmedia_tui.paths import Paths, named_folder
from hfmedia_tui.providers import MACHINES, Caution, Machine, cautions, free_offers
from hfmedia_tui.settings import Settings, read_settings
from hfmedia_tui.store.draft import Draft
from hfmedia_tui.store.ledger import Ledger
from hfmedia_tui.store.trash import Moved
from hfmedia_tui.tokens import find_token

__all__ = [
    'SANDBOX',
    'Ask',
    'Limits',
    'Services',
    'account_name',
    'find_endpoints',
    'open_services',
]

log = logging.getLogger(__name__)

SANDBOX: Final = 'sandbox'
"""What stands for the sandbox's addresses in an order: they change from start to start."""
_SANDBOX_TOKEN: Final = 'hf_sandbox'
_MOST_GENERATIONS: Final = 1000
_LONGEST_PROMPT: Final = 32_000
"""Characters: far more than any model reads."""
_ACCOUNT_SECONDS: Final = 5.0
_MOST_RECENT: Final = 50


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asks for, before the Hub was asked who can do it."""

    model: str
    prompt: str
    provider: str | None = None
    parameters: Mapping[str, Any] = {}
    aspect_ratio: str | None = None
    extra: Mapping[str, Any] = {}
    count: int = 1
    seed: int | None = None
    fallback: bool = True
    timeout: float | None = None
    bill_to: str | None = None
    output: str | None = None
    """The folder for results; None for the usual one."""


class Services:
    """The open house."""

    def __init__(
        self,
        *,
        paths: Paths,
        settings: Settings,
        endpoints: Endpoints,
        sandbox: bool,
        transport: Transport,
        ledger: Ledger,
        catalog: Catalog,
        pool: Pool,
    ) -> None:
        self.paths = paths
        self.settings = settings
        self.endpoints = endpoints
        self.sandbox = sandbox
        self.ledger = ledger
        self.catalog = catalog
        self.pool = pool
        self.account: str | None = SANDBOX if sandbox else None
        """The name of the account that pays, once it is known."""
        self.draft = Draft(paths.data / 'draft.txt')
        """The prompt that is being written."""
        self._thrown_away: list[tuple[str, ...]] = []
        """Ids of the jobs that went to the trash in this session, each time's together."""
        self._transport = transport

    @property
    def router(self) -> str:
        """What an order says of where it was sent."""
        return SANDBOX if self.sandbox else self.endpoints.router

    @property
    def has_token(self) -> bool:
        return self._transport.has_token

    # ------------------------------------------------------------------------------------------ what can be asked

    @staticmethod
    def speaks(provider: str, task: Task | None = None) -> bool:
        """Whether this program has a machine for the provider, and with `task` one that does this task there."""
        machine = MACHINES.get(provider)
        return machine is not None and (task is None or task in machine.PARAMETERS)

    @staticmethod
    def takes(task: Task, provider: str | None, model: Model | None = None) -> frozenset[str]:
        """Names of the parameters that `provider` takes for `task`.

        With no provider, those that any provider that may be chosen for `model` takes.
        """
        if provider is not None:
            providers = {provider}
        elif model is not None:
            providers = {mapping.provider for mapping in model.mappings if mapping.serves(task)}
        else:
            providers = set(MACHINES)
        return frozenset(
            name for chosen in providers & MACHINES.keys() for name in MACHINES[chosen].PARAMETERS.get(task, {})
        )

    def cautions(self, order: Order) -> tuple[Caution, ...]:
        """What the provider asked first would drop, ignore or refuse of an order, in sentences; it never blocks."""
        if not order.mappings:
            return ()
        return self.cautions_of(order.mappings[0], order.task, order.parameters, seed=order.seed)

    def cautions_of(
        self, mapping: ProviderMapping, task: Task, parameters: Mapping[str, Any], *, seed: int | None
    ) -> tuple[Caution, ...]:
        """What one provider would drop, ignore or refuse, in sentences."""
        access = self._transport.access(MACHINES[mapping.provider].DOORS)
        return cautions(mapping, task, parameters, seed=seed, access=access)

    def first_asked(self, model: Model, provider: str | None) -> ProviderMapping | None:
        """The offer that would be tried first, as far as `model` tells; None where nobody could be asked."""
        try:
            usable, _ = self._choose(model, provider)
        except UsageError:
            return None
        return usable[0] if usable else None

    def can_ask(self, provider: str | None = None) -> bool:
        """Whether there is what opens a way to `provider`, or without it to any: the token, or the user's own key."""
        if provider is not None:
            machine = MACHINES.get(provider)
            return machine is not None and self._opens(machine)
        return any(self._opens(machine) for machine in MACHINES.values() if Access.ANONYMOUS not in machine.DOORS)

    def _opens(self, machine: Machine) -> bool:
        return self._transport.opens(self._transport.access(machine.DOORS), machine.DOORS)

    async def find_account(self) -> str | None:
        """Whose token this is, asked of the Hub once and kept; None where it does not tell.

        Raises HubError for a token that is not valid.
        """
        if self.account is None and self.has_token:
            # The Hub limits this question strictly, and the answer does not change.
            file = self.paths.cache / f'account-{self._transport.fingerprint}'
            self.account = await asyncio.to_thread(_read_line, file)
            if self.account is None:
                self.account = await self._ask_account()
                if self.account is not None:
                    await asyncio.to_thread(_write_line, file, self.account)
        return self.account

    async def _ask_account(self) -> str | None:
        reply = await _ask_hub(self._transport, '/api/whoami-v2')
        if reply.status == 401:
            raise HubError('The token is not valid.', 'Run `hf auth login` or check HF_TOKEN.', status=401)
        return account_name(reply)

    # ------------------------------------------------------------------------------------------ asking

    async def submit(self, ask: Ask, *, grace: float = 0.0) -> tuple[Job, ...]:
        """Turn an ask into an order, record it, and queue its jobs; for `grace` seconds they can be taken back.

        Raises UsageError for what cannot be asked, HubError when the Hub does not tell who serves the model, and
        StoreError when nothing can be recorded; in each case nothing was sent or queued.
        """
        return await self.pool.submit(await self.order(ask), grace=grace)

    async def order(self, ask: Ask) -> Order:
        """The order that `submit` would record. Raises UsageError and HubError."""
        prompt = clean(ask.prompt, _LONGEST_PROMPT)
        if not prompt:
            raise UsageError('The prompt is empty.', 'Say what you would like to see.')
        if len(ask.prompt) > _LONGEST_PROMPT or not is_text(ask.prompt):
            raise UsageError(f'The prompt must be text of at most {_LONGEST_PROMPT:,} characters.')
        bill_to = ask.bill_to or self.settings.network.bill_to
        if bill_to and not re.fullmatch(r'[\w.-]+', bill_to, re.ASCII):
            raise UsageError('The organisation to bill is no name of an organisation.', 'It is what its page is named.')
        if not 1 <= ask.count <= _MOST_GENERATIONS:
            raise UsageError(f'The number of generations must be from 1 to {_MOST_GENERATIONS}, not {ask.count}.')
        if ask.seed is not None and ask.seed < 0:
            raise UsageError(f'The seed must not be negative, and {ask.seed} is.')
        if ask.timeout is not None and not ask.timeout > 0:
            raise UsageError(f'The timeout must be more than 0 seconds, not {ask.timeout:g}.')
        if not re.fullmatch(r'(?:[\w-][\w.-]*/)?[\w-][\w.-]*', ask.model):
            raise UsageError(f'{ask.model[:80]!r} is no name of a model.', 'Name it as owner/name.')
        parameters = {
            name: clean(value, _LONGEST_PROMPT) if isinstance(value, str) else value
            for name, value in sized(ask.parameters, ask.aspect_ratio).items()
        }
        models, account = await asyncio.gather(self.catalog.model(ask.model), self._account_in_time())
        if not models:
            raise UsageError(
                f'{ask.model} makes neither pictures nor films.', 'See `hfmedia-tui models` for those that do.'
            )
        model = _best(models, ask.provider)
        mappings, passed_over = self._choose(model, ask.provider)
        return Order(
            id=new_order_id(),
            task=model.task,
            model=model.id,
            prompt=prompt,
            mappings=mappings,
            passed_over=passed_over,
            provider=ask.provider,
            parameters=parameters,
            extra=ask.extra,
            count=ask.count,
            seed=ask.seed,
            fallback=ask.fallback and ask.provider is None,
            timeout=ask.timeout,
            bill_to=bill_to,
            output=str(self._output(ask)),
            hub=SANDBOX if self.sandbox else self.endpoints.hub,
            router=self.router,
            account=account,
            created_at=datetime.now(UTC),
        )

    def _choose(self, model: Model, provider: str | None) -> tuple[tuple[ProviderMapping, ...], tuple[str, ...]]:
        """The mappings to try in the Hub's order, and the providers passed over because they cannot be asked.

        A provider that is named is the only one tried, even when its last health check failed. hf-free, which the
        Hub does not list, stands last where there is no token.
        """
        offers = model.mappings + (free_offers(model.mappings) if provider or not self.has_token else ())
        if provider is not None:
            offers = tuple(mapping for mapping in offers if mapping.provider == provider)
            if not offers:
                served = ', '.join(mapping.provider for mapping in model.mappings) or 'no provider'
                raise UsageError(
                    f'{clean(provider, 80)} does not serve {model.id}; {served} does.', 'See `hfmedia-tui models`.'
                )
        else:
            offers = tuple(mapping for mapping in offers if mapping.serves(model.task))
        usable = tuple(
            mapping
            for mapping in offers
            if (machine := MACHINES.get(mapping.provider)) is not None
            and model.task in machine.PARAMETERS
            and self._opens(machine)
        )
        return usable, tuple(mapping.provider for mapping in offers if mapping not in usable)

    def _output(self, ask: Ask) -> Path:
        named = ask.output or self.settings.output.folder
        return named_folder(named) if named else self.paths.output

    async def _account_in_time(self) -> str | None:
        """The account's name, if it is known soon: an order does not wait for it long, nor fail by it."""
        try:
            async with asyncio.timeout(_ACCOUNT_SECONDS):
                return await self.find_account()
        except (HubError, TimeoutError) as error:
            log.info('the account is not known: %s', error)
            return None

    async def retry(self, job_id: str, seen: Job | None = None) -> Job:
        """Queue a job again, from the earliest step that is not paid for; with `seen`, only as it was seen to end.

        Raises UsageError for one that succeeded, that is under way anywhere, or that was sent to another router.
        """
        job = await self.ledger.find(job_id)
        if job.deleted:
            raise UsageError(f'Job {job.id} was deleted for good.', 'Generate again for another result.')
        if job.trashed_at is not None:
            raise UsageError(f'Job {job.id} is in the trash.', 'Restore it first.')
        if job.order.router != self.router:
            raise UsageError(
                f'Job {job.id} was sent to {job.order.router}, and this is {self.router}.',
                'Point HFMEDIA_ROUTER_URL there to go on with it.',
            )
        return await self.pool.retry(job.id, seen)

    async def cancel(self, job: Job) -> str:
        """Cancel a job, whichever process drives it, and say what that did.

        One that failed and can still be collected is given up. Raises UsageError when it has ended, and StoreError.
        """
        if job.state in FINAL_STATES and not job.collectable:
            raise UsageError(f'Job {job.id} has ended already: it is {job.state}.')
        driven = self.pool.jobs.get(job.id)
        if driven is not None and driven.state not in FINAL_STATES:
            await self.pool.cancel(job.id)
            ended: Job | None = self.pool.jobs[job.id]
        elif await self.ledger.ask_to_cancel(job.id):
            ended = None
        else:
            ended = await self.pool.cancel_left(job.id, reachable=job.order.router == self.router)
        return (ended.note or 'Cancelled.') if ended is not None else 'The process that drives it was asked.'

    async def resume(self, *, sent_only: bool = False) -> tuple[tuple[Job, ...], tuple[Job, ...]]:
        """Queue what nobody drives and what can be collected; returns those taken up and those left alone.

        With `sent_only` only what a provider was asked for: that costs nothing anew.
        """
        return await self.pool.resume(self.router, sent_only=sent_only)

    async def left_waiting(self) -> tuple[Job, ...]:
        """Jobs of this router that an earlier process left, and that no provider has been asked for."""
        left = await self.ledger.unowned()
        sent = {job.id for job in await self.ledger.unowned(sent_only=True)}
        return tuple(job for job in left if job.id not in sent and job.order.router == self.router)

    # ------------------------------------------------------------------------------------------ the trash

    async def throw_away(self, job_ids: Iterable[str]) -> Moved:
        """Move ended jobs and their files to the trash. Raises StoreError."""
        moved = self._told(await self.ledger.trash.put(job_ids))
        if moved.jobs:
            self._thrown_away.append(tuple(job.id for job in moved.jobs))
        return moved

    async def restore(self, job_ids: Iterable[str]) -> Moved:
        """Bring jobs back from the trash. Raises StoreError."""
        return self._told(await self.ledger.trash.restore(job_ids))

    @property
    def has_thrown_away(self) -> bool:
        """Whether there is something that `undo_throwing_away` may bring back."""
        return bool(self._thrown_away)

    async def undo_throwing_away(self) -> Moved:
        """Bring back what was thrown away last in this session and still lies in the trash. Raises StoreError."""
        while self._thrown_away:
            moved = await self.restore(self._thrown_away.pop())
            if moved.jobs:
                return moved
        return Moved(())

    async def trashed_jobs(self) -> tuple[Job, ...]:
        """What lies in the trash, thrown away last first. Raises StoreError."""
        return await self.ledger.trash.jobs()

    async def delete(self, job_ids: Iterable[str]) -> Moved:
        """Delete the files of jobs in the trash for good. Raises StoreError."""
        return self._told(await self.ledger.trash.delete(job_ids))

    def _told(self, moved: Moved) -> Moved:
        for job in moved.jobs:
            self.pool.tell(job)
        return moved

    # ------------------------------------------------------------------------------------------ looking back

    async def last_order(self) -> Order | None:
        """The newest order that was sent where this house sends them."""
        return await self.ledger.last_order(self.router)

    async def usual_model(self) -> str:
        """The model used last, or the first of the list. Raises UsageError and HubError."""
        last = await self.last_order()
        if last is not None:
            return last.model
        models = await self.catalog.models()
        if not models:
            raise UsageError('The Hub lists no model that can be used now.', 'Name one.')
        return models[0].id

    async def favourites(self) -> tuple[str, ...]:
        """Ids of the models that the user marked, the last one first. Raises StoreError."""
        return await self.ledger.favourites()

    async def mark_favourite(self, model: str, *, favourite: bool) -> None:
        """Mark a model, or take its mark away. Raises StoreError."""
        await self.ledger.mark_favourite(model, favourite=favourite)

    async def familiar_models(self) -> tuple[str, ...]:
        """Ids of the user's favourites, then of the models used last. Raises StoreError."""
        return (*await self.ledger.favourites(), *await self.ledger.recent_models(_MOST_RECENT))

    async def past_prompts(self) -> tuple[Order, ...]:
        """Of each prompt that was ever ordered its newest order, the newest first. Raises StoreError."""
        return await self.ledger.past_prompts()

    async def recent_jobs(self, limit: int) -> tuple[Job, ...]:
        """The newest jobs, newest first."""
        return await self.ledger.jobs(limit=limit, newest_first=True)


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


def _best(models: tuple[Model, ...], provider: str | None) -> Model:
    """The first task of a model that can be done now: by `provider`, or by any that this program speaks."""

    def rank(model: Model) -> bool:
        return any(
            mapping.serves(model.task)
            and (mapping.provider == provider if provider else Services.speaks(mapping.provider, model.task))
            for mapping in model.mappings
        )

    return max(models, key=rank)


async def _ask_hub(
    transport: Transport,
    path: str,
    query: Mapping[str, str | list[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    try:
        return await transport.ask_hub(path, query, headers)
    except (Unreached, Lost) as error:
        raise HubError(
            f'The Hub could not be asked: {error}.', 'Check the connection, the proxy and HF_ENDPOINT.'
        ) from None


# ---------------------------------------------------------------------------------------------- opening


def find_endpoints(environment: Mapping[str, str] = os.environ) -> Endpoints:
    """The Hub and the router that the environment names. Raises UsageError for one that is no https URL."""
    return Endpoints(
        hub=(environment.get('HF_ENDPOINT') or 'https://huggingface.co').rstrip('/'),
        router=(environment.get('HFMEDIA_ROUTER_URL') or 'https://router.huggingface.co').rstrip('/'),
    )


def _own_keys(environment: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """The user's own keys at providers, by the variables that hold them or would.

    Raises UsageError where the settings name a provider that takes none.
    """
    doors = {name: door for name, machine in MACHINES.items() if (door := machine.DOORS.get(Access.OWN_KEY))}
    for name in settings.keys.keys() - doors.keys():
        raise UsageError(
            f'The settings hold a key for {clean(name, 40)!r}, and that is no provider that takes one.',
            f'These do: {", ".join(sorted(doors))}.',
        )
    keys = dict[str, str]()
    for provider, door in doors.items():
        named = {name: key for name in door.variables if (key := environment.get(name, '').strip())}
        keys |= named or {door.variables[0]: settings.keys.get(provider, '').strip()}
    return {name: key for name, key in keys.items() if key}


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
) -> AsyncIterator[Services]:
    """Open the house: ledger, transport, catalogue and pool, and the sandbox first when it is asked for.

    `limits`, `proxy` and `token` come before the user's own; `settings` are read where they are not given.
    `pace` multiplies the time that the sandbox takes, and `patience` the time between two requests of a job; `silence`
    is how many seconds an open connection may bring nothing useful. Raises AppError.
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
        keys = {} if sandbox else _own_keys(environment, settings)
        ledger = Ledger(paths.ledger)
        await ledger.open()
        stack.push_async_callback(ledger.close)
        transport = await stack.enter_async_context(
            Transport(endpoints, token=token, keys=keys, proxy=proxy, silence=silence)
        )

        async def ask(path: str, query: Mapping[str, str | list[str]] | None, headers: Mapping[str, str]) -> Reply:
            return await _ask_hub(transport, path, query, headers)

        name = hashlib.sha256(endpoints.hub.encode()).hexdigest()[:12]
        catalog = Catalog(
            ask,
            speaks=Services.speaks,
            file=None if sandbox else paths.cache / f'models-{name}.json',
        )
        tools = Tools(
            ledger=ledger,
            transport=transport,
            machines=MACHINES,
            inspect=inspect,
            shelter=paths.data / 'shelter',
            limits=limits or Limits(total=settings.jobs.total, per_provider=settings.jobs.per_provider),
            patience=patience,
        )
        pool = await stack.enter_async_context(Pool(tools))
        services = Services(
            paths=paths,
            settings=settings,
            endpoints=endpoints,
            sandbox=sandbox,
            transport=transport,
            ledger=ledger,
            catalog=catalog,
            pool=pool,
        )
        await asyncio.to_thread(services.draft.read)
        yield services
