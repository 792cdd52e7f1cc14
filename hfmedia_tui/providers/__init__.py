"""How each provider is spoken to: pure machines without hands.

This room knows routes, bodies and replies, and declares where each provider is found; it may know nouns and
parameters; it must never do I/O, wait or hold a secret. A machine is one module: begin(prediction) gives the first
progress, advance(progress, reply) the next, each with exactly one step for the engine to perform. MACHINES below is
the whole registry.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

from msgspec.structs import replace

from hfmedia_tui.domain import (
    Access,
    Cancellation,
    Prediction,
    Progress,
    ProviderMapping,
    Reply,
    Request,
    Send,
    Task,
    Wait,
)
from hfmedia_tui.providers import (
    deepinfra,
    fal_ai,
    hf_free,
    hf_inference,
    novita,
    nscale,
    replicate,
    together,
    wavespeed,
    zai_org,
)
from hfmedia_tui.providers._cautions import Caution, about_parameters
from hfmedia_tui.providers._doors import Door
from hfmedia_tui.providers._requests import Field

__all__ = ['FREE', 'MACHINES', 'Caution', 'Door', 'Field', 'Machine', 'cancel', 'cancelled', 'cautions', 'free_offers']


class Machine(Protocol):
    """What a provider's module offers.

    The two functions answer the same for the same arguments, and raise nothing, whatever a reply holds. A progress
    with a handle can always be asked again, at no cost: with its step put back to a wait, it goes on from there.
    """

    @property
    def NAME(self) -> str:  # noqa: N802 - a constant of the module
        """The provider's name at Hugging Face."""

    @property
    def DOORS(self) -> Mapping[Access, Door]:  # noqa: N802
        """Where it is found by each way that leads there, the usual one first.

        Every request of a progress goes through the door of its access.
        """

    @property
    def PARAMETERS(self) -> Mapping[Task, Mapping[str, Field]]:  # noqa: N802
        """For each task it does: the parameters that it takes, by the house's names, `seed` included.

        A form shows these alone. What is not here is not sent; any provider takes the rest through `extra`.
        """

    @property
    def ADAPTERS(self) -> frozenset[Task]:  # noqa: N802
        """The tasks in which it is told of an adapter that a mapping names."""

    def begin(self, prediction: Prediction) -> Progress:
        """Return the first progress; its step sends the submit."""

    def advance(self, progress: Progress, reply: Reply | None) -> Progress:
        """Return the next progress after `progress.step` was performed; `reply` is None after a wait."""


class Stoppable(Protocol):
    """What the module of a provider offers besides, where it can be asked to stop."""

    def cancel(self, progress: Progress) -> Request | None:
        """Return the request that asks to stop an accepted prediction; None where this way has none."""

    def cancelled(self, reply: Reply) -> Cancellation:
        """Return what asking has done, by whatever was answered."""


MACHINES: Final[Mapping[str, Machine]] = {
    machine.NAME: machine
    for machine in (
        fal_ai,
        replicate,
        wavespeed,
        together,
        novita,
        nscale,
        deepinfra,
        zai_org,
        hf_inference,
        hf_free,
    )
}
"""Every provider that this program speaks, by its name at Hugging Face."""

FREE: Final = frozenset(name for name, machine in MACHINES.items() if machine.DOORS.keys() == {Access.ANONYMOUS})
"""Names of those that are asked without any credentials: there is nobody to bill."""

_STOPPABLE: Final[Mapping[str, Stoppable]] = {fal_ai.NAME: fal_ai, replicate.NAME: replicate}


def cancel(progress: Progress) -> Request | None:
    """Return the request that asks the provider to stop; to be sent as the progress's own are.

    None where there is nothing to stop, or no way to say so.
    """
    under_way = progress.accepted and progress.handle is not None and isinstance(progress.step, Wait | Send)
    if not under_way or progress.provider not in _STOPPABLE:
        return None
    return _STOPPABLE[progress.provider].cancel(progress)


def cancelled(progress: Progress, reply: Reply | None) -> Cancellation:
    """Return what asking to stop has done; `reply` is None where there was nothing to send, or no answer came."""
    if reply is None or progress.provider not in _STOPPABLE:
        return Cancellation.UNHEARD
    return _STOPPABLE[progress.provider].cancelled(reply)


def free_offers(mappings: tuple[ProviderMapping, ...]) -> tuple[ProviderMapping, ...]:
    """Return the offers of hf-free, which the Hub does not list: those of hf-inference under its name."""
    return tuple(
        replace(mapping, provider=hf_free.NAME) for mapping in mappings if mapping.provider == hf_inference.NAME
    )


def cautions(
    mapping: ProviderMapping,
    task: Task,
    parameters: Mapping[str, Any],
    *,
    seed: int | None = None,
    access: Access = Access.ROUTED,
) -> tuple[Caution, ...]:
    """Return what to know before `mapping`'s provider is asked: what it would drop, ignore or refuse.

    `seed` is one that the user chose. Empty where there is nothing to say, and for a provider that is not spoken.
    """
    machine = MACHINES.get(mapping.provider)
    fields = machine.PARAMETERS.get(task) if machine else None
    if machine is None or fields is None:
        return ()
    chosen = {**parameters, 'seed': seed}
    return (*_about_the_whole(machine, mapping, task, access), *about_parameters(machine.NAME, fields, chosen))


def _about_the_whole(machine: Machine, mapping: ProviderMapping, task: Task, access: Access) -> Iterator[Caution]:
    door = machine.DOORS.get(access)
    if door is not None and door.caution is not None:
        yield Caution(sentence=door.caution)
    if mapping.status == 'error':
        yield Caution(sentence=f"{machine.NAME} failed the Hub's last check of this model: it may refuse or fail.")
    elif mapping.status == 'staging':
        yield Caution(sentence=f'{machine.NAME} has this model on trial, and not live yet: it may refuse or fail.')
    if mapping.adapter is not None and task not in machine.ADAPTERS:
        yield Caution(sentence=f'{machine.NAME} is not told of adapters: it may run the base model alone.')
