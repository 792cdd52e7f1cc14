"""How each provider is spoken to: pure machines without hands.

This room knows routes, bodies and replies; it may know nouns and parameters; it must never do I/O, wait, hold a
token or know a host. A machine is one module: begin(prediction) gives the first progress, advance(progress, reply)
the next, each with exactly one step for the engine to perform. MACHINES below is the whole registry.
"""

from collections.abc import Mapping
from typing import Final, Protocol

from hfmedia_tui.domain import Prediction, Progress, Reply, Task
from hfmedia_tui.providers import fal_ai, hf_inference, replicate, together

__all__ = ['MACHINES', 'Machine']


class Machine(Protocol):
    """What a provider's module offers.

    The two functions answer the same for the same arguments, and raise nothing, whatever a reply holds. A progress
    with a handle can always be asked again, at no cost: with its step put back to a wait, it goes on from there.
    """

    @property
    def NAME(self) -> str:  # noqa: N802 - a constant of the module
        """The provider's name at Hugging Face."""

    @property
    def PARAMETERS(self) -> Mapping[Task, Mapping[str, str]]:  # noqa: N802
        """For each task it does: the parameters it takes, house name to the name on the wire.

        A form shows these alone. What is not here is not sent; any provider takes the rest through `extra`.
        """

    def begin(self, prediction: Prediction) -> Progress:
        """Return the first progress; its step sends the submit."""

    def advance(self, progress: Progress, reply: Reply | None) -> Progress:
        """Return the next progress after `progress.step` was performed; `reply` is None after a wait."""


MACHINES: Final[Mapping[str, Machine]] = {
    fal_ai.NAME: fal_ai,
    hf_inference.NAME: hf_inference,
    replicate.NAME: replicate,
    together.NAME: together,
}
"""Every provider that this program speaks, by its name at Hugging Face."""
