"""The HTTP client, httpx, without two modules that it tries to import.

Its own command line needs rich's progress bars and Pygments: 75 of the 94 ms that importing httpx takes. And httpcore
looks for sniffio some ten times a request; where that is not installed, each time in every folder that Python imports
from. A module that is None in `sys.modules` is known not to be there,
https://docs.python.org/3/reference/import.html#the-module-cache, and both do without.
"""

import sys
from importlib.util import find_spec

_COMMAND_LINE = 'httpx._main'

sys.modules.setdefault(_COMMAND_LINE, None)  # type: ignore[arg-type]

import httpx  # noqa: E402

if sys.modules[_COMMAND_LINE] is None:
    del sys.modules[_COMMAND_LINE]
if 'sniffio' not in sys.modules and find_spec('sniffio') is None:
    sys.modules['sniffio'] = None  # type: ignore[assignment]

__all__ = ['httpx']
