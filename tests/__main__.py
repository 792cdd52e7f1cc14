"""The whole gate in one command: format, lint, types, import contracts, tests.

Run from the checkout's root: `python -m tests`. Every check runs, and the exit code says whether all held. What else is
given goes to pytest, after two processes: half of the time, a test waits for another program.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
CHECKS = (
    ('format', [sys.executable, '-m', 'ruff', 'format', '--check', 'hfmedia_tui', 'tests']),
    ('lint', [sys.executable, '-m', 'ruff', 'check', 'hfmedia_tui', 'tests']),
    ('types', [sys.executable, '-m', 'mypy']),
    ('contracts', [sys.executable, '-c', 'from importlinter.cli import lint_imports_command as run; run()']),
    ('tests', [sys.executable, '-m', 'pytest', '--numprocesses=2', '--dist=loadgroup', *sys.argv[1:]]),
)


def main() -> int:
    failed = []
    for name, command in CHECKS:
        print(f'── {name}', flush=True)  # noqa: T201 - the gate speaks to a terminal
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(name)
    print(f'── failed: {", ".join(failed)}' if failed else '── all hold')  # noqa: T201
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
