"""What can be asked of whom, before anything is: by the way in, the parameters, and what a provider would drop."""

from collections.abc import Mapping
from typing import Any

from hfmedia_tui.domain import Access, Model, Order, ProviderMapping, Task, clean
from hfmedia_tui.engine.transport import Transport
from hfmedia_tui.errors import UsageError
from hfmedia_tui.providers import FREE, MACHINES, Caution, Machine, cautions, free_offers

__all__ = ['Offers']


class Offers:
    """What the providers offer to whoever holds the credentials of `transport`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @staticmethod
    def speaks(provider: str, task: Task | None = None) -> bool:
        """Whether this program has a machine for the provider, and with `task` one that does this task there."""
        machine = MACHINES.get(provider)
        return machine is not None and (task is None or task in machine.PARAMETERS)

    @staticmethod
    def is_free(provider: str) -> bool:
        """Whether the provider bills nobody."""
        return provider in FREE

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
            usable, _ = self.choose(model, provider)
        except UsageError:
            return None
        return usable[0] if usable else None

    def can_ask(self, provider: str | None = None) -> bool:
        """Whether anybody can be asked: with the token or a key of the user's own, or `provider` with neither."""
        named = MACHINES.get(provider or '')
        if named is not None and self._opens(named):
            return True
        return any(self._opens(machine) for machine in MACHINES.values() if Access.ANONYMOUS not in machine.DOORS)

    def choose(self, model: Model, provider: str | None) -> tuple[tuple[ProviderMapping, ...], tuple[str, ...]]:
        """The mappings to try in the Hub's order, and the providers passed over because they cannot be asked.

        A provider that is named is the only one tried, even when its last health check failed. hf-free, which the
        Hub does not list, stands last where there is no token. Raises UsageError where `provider` does not serve it.
        """
        offers = model.mappings + (free_offers(model.mappings) if provider or not self._transport.has_token else ())
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
            if self.speaks(mapping.provider, model.task) and self._opens(MACHINES[mapping.provider])
        )
        return usable, tuple(mapping.provider for mapping in offers if mapping not in usable)

    def _opens(self, machine: Machine) -> bool:
        return self._transport.opens(self._transport.access(machine.DOORS), machine.DOORS)
