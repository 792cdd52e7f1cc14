"""The HTTP client, httpx, without the command line that it brings along where what that needs is installed.

It needs rich's progress bars and Pygments: 75 of the 94 ms that importing httpx takes. A module that is None in
`sys.modules` is one that is not there, https://docs.python.org/3/reference/import.html#the-module-cache, and httpx does
without this one.
"""

import sys

_COMMAND_LINE = 'httpx._main'

sys.modules.setdefault(_COMMAND_LINE, None)  # type: ignore[arg-type]

import httpx  # noqa: E402

if sys.modules[_COMMAND_LINE] is None:
    del sys.modules[_COMMAND_LINE]

__all__ = ['httpx']
