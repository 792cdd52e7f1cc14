"""Feed every reader of outside bytes, for as long as is wished: `python -m tests.hostile --examples 5000`."""

import argparse
import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def main() -> int:
    parser = argparse.ArgumentParser(prog='python -m tests.hostile', description=__doc__)
    parser.add_argument('--examples', type=int, default=2_000, help='for each property')
    parser.add_argument('--seed', type=int, help='to do the same again')
    arguments, more = parser.parse_known_args()
    os.environ['HFMEDIA_EXAMPLES'] = str(arguments.examples)
    seed = [] if arguments.seed is None else [f'--hypothesis-seed={arguments.seed}']
    fuzz = [str(path) for path in sorted(HERE.glob('test_fuzz_*.py'))]
    return pytest.main([*fuzz, '--durations=0', '--hypothesis-show-statistics', *seed, *more])


if __name__ == '__main__':
    sys.exit(main())
