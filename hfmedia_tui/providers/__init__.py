"""How each provider is spoken to: pure machines without hands.

This room knows routes, bodies and replies; it may know nouns and parameters; it must never do I/O, wait, hold a
token or know a host. A machine is one module: begin(prediction) gives the first progress, advance(progress, reply)
the next, each with exactly one step for the engine to perform. MACHINES below is the whole registry.
"""

from collections.abc import Mapping
from typing import Final, Protocol

from hfmedia_tui.domain import Prediction, Progress, Reply, Task

__all__ = ['MACHINES', 'Machine']


class Machine(Protocol):
    """What a provider's module offers."""

    @property
    def NAME(self) -> str:  # noqa: N802 - a constant of the module
        """The provider's name at Hugging Face."""

    @property
    def PARAMETERS(self) -> Mapping[Task, Mapping[str, str]]:  # noqa: N802
        """For each task it does: the parameters it takes, house name to the name on the wire."""

    def begin(self, prediction: Prediction) -> Progress:
        """Return the first progress; its step sends the submit."""

    def advance(self, progress: Progress, reply: Reply | None) -> Progress:
        """Return the next progress after `progress.step` was performed; `reply` is None after a wait."""


MACHINES: Final[Mapping[str, Machine]] = {}
