"""Errors that a user sees. Anything else that is raised is a bug of ours.

AppError
 ├── UsageError      what was asked for cannot be done as it was written (exit code 2)
 ├── HubError        the Hub could not be asked, or did not answer what it documents
 ├── MediaError      a file is no picture or film that can be read
 ├── StoreError      the ledger cannot be opened, read or written
 │    └── TakenOver  another process drives the job by now, or has ended it
 ├── OverLimit       more would be sent than the user allows (exit code 3)
 └── SandboxError    the sandbox did not start
"""


class AppError(Exception):
    """Something that a person can act on: what was wrong, and what to do."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        """What was wrong, in one sentence, cleaned."""
        self.hint = hint
        """What to do about it."""

    def in_lines(self, *more: str) -> str:
        """What was wrong, what to do about it, and `more`, each in a line of its own."""
        return '\n'.join(line for line in (self.message, self.hint, *more) if line)

    def __str__(self) -> str:
        return f'{self.message} {self.hint}' if self.hint else self.message


class UsageError(AppError):
    """What was asked for cannot be done as it was written."""


class HubError(AppError):
    """The Hub could not be asked, or did not answer what it documents."""

    def __init__(self, message: str, hint: str | None = None, status: int | None = None) -> None:
        super().__init__(message, hint)
        self.status = status
        """The HTTP status, where there was one."""


class MediaError(AppError):
    """A file is no picture or film that can be read."""


class StoreError(AppError):
    """The ledger cannot be opened, read or written."""


class TakenOver(StoreError):  # noqa: N818 - what is known: nobody made a mistake
    """Another process drives the job by now, or has ended it: what this one knows of it is not recorded."""


class OverLimit(AppError):  # noqa: N818 - what is known: nobody made a mistake
    """More would be sent than the user allows."""


class SandboxError(AppError):
    """The sandbox did not start."""
