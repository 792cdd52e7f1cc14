import argparse
import sys
from pathlib import Path

from hfmedia_tui.sandbox.serve import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog='python -m hfmedia_tui.sandbox', description='Serve the sandbox.')
    parser.add_argument('--home', type=Path, required=True, help='the folder of its predictions and media')
    parser.add_argument('--port', type=int, help='0 or none: the port that this home had before, or a free one')
    parser.add_argument('--pace', type=float, default=1.0, help='multiplies every simulated duration')
    parser.add_argument('--while-stdin', action='store_true', help='end when standard input does')
    arguments = parser.parse_args()
    try:
        serve(arguments.home, port=arguments.port, pace=arguments.pace, while_stdin=arguments.while_stdin)
    except OSError as error:
        # The last line of what it said is shown to the user, see `process`.
        sys.exit(f'{error.filename or arguments.home}: {error.strerror or error}.')


if __name__ == '__main__':
    main()
