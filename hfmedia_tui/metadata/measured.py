"""How large a file is and which bytes it holds, as the ledger and the file beside it tell."""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

__all__ = ['Measured', 'measure']


class Measured(NamedTuple):
    """What a file of these bytes measures."""

    size: int
    """Bytes."""
    sha256: str


def measure(path: Path) -> Measured:
    """Read a whole file. Blocking; raises OSError."""
    with path.open('rb') as file:
        digest = hashlib.file_digest(file, 'sha256').hexdigest()
        return Measured(file.seek(0, os.SEEK_END), digest)
