"""How a prediction begins, for the engine that sends it and for whoever wants to see it first."""

from collections.abc import Mapping
from typing import Any

import msgspec

from hfmedia_tui.domain import Access, Failed, Failure, FailureCode, Job, Prediction, Progress, ProviderMapping, Send
from hfmedia_tui.engine.tools import Tools

__all__ = ['Foreseen', 'begin', 'foresee']


class Foreseen(msgspec.Struct, frozen=True, kw_only=True):
    """The request that a job would begin with, or why there is none; never what opens the way there."""

    job: Job
    provider: str | None = None
    method: str = ''
    url: str = ''
    headers: Mapping[str, str] = {}
    """Those that this job needs, without credentials."""
    body: Any = None
    access: Access = Access.ROUTED
    then: tuple[str, ...] = ()
    """Providers that would be asked if this one refused, in order."""
    failure: Failure | None = None
    """Why nothing would be sent."""


def begin(job: Job, mapping: ProviderMapping, tools: Tools) -> Progress:
    """The first progress of a job at one provider; its step sends the submit."""
    order, machine = job.order, tools.machines[mapping.provider]
    return machine.begin(
        Prediction(
            task=order.task,
            model=order.model,
            mapping=mapping,
            prompt=order.prompt,
            seed=job.seed,
            parameters=order.parameters,
            extra=order.extra,
            access=tools.transport.access(machine.DOORS),
        )
    )


def foresee(job: Job, tools: Tools) -> Foreseen:
    """What `job` would send first, to the first provider that does not turn it down before anything is sent."""
    order = job.order
    failure = Failure(
        code=FailureCode.NO_PROVIDER,
        message=f'Nobody who can be asked serves {order.model}.',
        hint='Choose another model: see `hfmedia-tui models`.',
    )
    for place, mapping in enumerate(order.mappings):
        progress = begin(job, mapping, tools)
        if isinstance(progress.step, Send):
            request, access = progress.step.request, progress.access
            payer = {'X-HF-Bill-To': order.bill_to} if order.bill_to and access is Access.ROUTED else {}
            return Foreseen(
                job=job,
                provider=mapping.provider,
                method=request.method,
                url=tools.transport.address(tools.machines[mapping.provider].DOORS[access], request),
                headers={**request.headers, **payer},
                body=request.body,
                access=access,
                then=tuple(later.provider for later in order.mappings[place + 1 :]) if order.fallback else (),
            )
        if isinstance(progress.step, Failed):
            failure = progress.step.failure
            if not order.fallback or failure.code is not FailureCode.NOT_SUPPORTED:
                break
    return Foreseen(job=job, failure=failure)
