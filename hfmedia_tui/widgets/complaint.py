"""Why something was not done, told over the screen for a few seconds."""

from typing import Any

from textual.app import App
from textual.notifications import SeverityLevel
from textual.widget import Widget

from hfmedia_tui.errors import AppError

__all__ = ['complain']


def complain(teller: App[Any] | Widget, error: AppError, severity: SeverityLevel = 'error') -> None:
    """Say what was wrong, and what to do about it."""
    teller.notify(error.hint or '', title=error.message, severity=severity, markup=False)
