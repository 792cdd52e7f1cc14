"""What keeps a job from going on, as it is told to the user."""

from hfmedia_tui.domain import FailureCode

__all__ = ['Trouble']


class Trouble(Exception):  # noqa: N818 - what is known
    """A reason to fail, before it is known how the job ends."""

    def __init__(self, code: FailureCode, message: str, hint: str | None = None, *, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        """What to do, where there is more to say than whether it can be collected."""
        self.status = status
        """The HTTP status that came with it."""
