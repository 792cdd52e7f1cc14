"""How a run ends, as a shell sees it."""

from typing import Final

__all__ = [
    'CUT_SHORT',
    'EXIT_FAILED',
    'EXIT_HUNG_UP',
    'EXIT_INTERRUPTED',
    'EXIT_OVER_LIMIT',
    'EXIT_TERMINATED',
    'EXIT_TIMED_OUT',
    'EXIT_USAGE',
]

EXIT_FAILED: Final = 1
"""Something that was asked for did not succeed."""
EXIT_USAGE: Final = 2
"""What was asked for cannot be done as it was written."""
EXIT_OVER_LIMIT: Final = 3
"""More would have been sent than the user allows."""
EXIT_TIMED_OUT: Final = 124
"""What was waited for goes on; the number is that of timeout(1)."""
EXIT_INTERRUPTED: Final = 130
"""Stopped by Ctrl+C."""
EXIT_TERMINATED: Final = 143
"""Stopped by SIGTERM."""
EXIT_HUNG_UP: Final = 129
"""Stopped because the terminal was gone and somebody insisted."""
CUT_SHORT: Final = (EXIT_HUNG_UP, EXIT_INTERRUPTED, EXIT_TERMINATED)
