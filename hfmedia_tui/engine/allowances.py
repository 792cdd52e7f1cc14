"""How many jobs may run at each provider now: less where it says that it is too much, and slowly more again.

Additive increase, multiplicative decrease, as TCP finds its share of a line (RFC 5681, 3.1).
"""

from typing import Final

__all__ = ['Allowances']

_SHARE_KEPT: Final = 0.5
"""Of an allowance, when a provider answers that it is too much."""


class Allowances:
    """Begins with `most` for every provider, and never goes beyond."""

    def __init__(self, most: int) -> None:
        self.most = most
        """How many may run at a provider that is not throttled."""
        self._cut = dict[str, float]()
        """Allowances of those that were throttled, and have not earned all of it back."""

    def of(self, provider: str) -> int:
        """How many jobs may run at `provider`: one at least."""
        return int(min(self._cut.get(provider, self.most), self.most))

    @property
    def lowered(self) -> dict[str, int]:
        """How many jobs may run at those providers at which fewer may than at others."""
        return {provider: self.of(provider) for provider in self._cut if self.of(provider) < self.most}

    def throttled(self, provider: str) -> None:
        """Take note that `provider` has answered 429."""
        self._cut[provider] = max(1.0, self._cut.get(provider, self.most) * _SHARE_KEPT)

    def accepted(self, provider: str) -> None:
        """Take note that `provider` has taken a submit: a round of as many as are allowed earns one more."""
        if (allowed := self._cut.pop(provider, None)) is not None and (more := allowed + 1 / allowed) < self.most:
            self._cut[provider] = more
