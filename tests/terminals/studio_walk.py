"""A studio's day in any terminal: browse, a matrix, a line to arrange, a failure, results, a copy, and the return.

What a person would see is waited for on the screen, and what came of it is read from the ledger.
"""

from pathlib import Path
from typing import Any, Final

from tests.terminals.journey import PROGRAM, Terminal, choose, jobs_of, until_result_shown
from tests.terminals.looking import until, until_settled, until_shown
from tests.terminals.recording import RecordingTerminal
from tests.terminals.windows import Window

__all__ = ['SETTINGS', 'TWICE', 'studio_walk']

TWICE: Final = ('sh', '-c', 'stty -echo; "$@"; echo "ended with $?"; read again; clear; exec "$@"', 'run', *PROGRAM)
"""The program, and once more after Enter."""
_MATRIX: Final = 8
SETTINGS: Final = '[jobs]\ntotal = 1\ngrace_seconds = 0.0\nconfirm_above = 4\n'
"""One job at a time tells in which order they were started."""
_FILTER: Final = 'state:succeeded model:dev'
_FIRST: Final = ' 1  1024×1024'
_SECOND: Final = ' 2  1024×1024'
"""What stands below the results that are compared."""
_FAILING: Final = 'sandbox/fails-moderated'


def studio_walk(terminal: Terminal, home: Path, *, half_a_day: bool = False) -> str:
    """Walk through a day in a terminal with `TWICE` in it, and end the program; return the text that was copied.

    In half a day nothing fails, and nothing is compared.
    """
    studio = _Studio(terminal, home)
    studio.browse()
    studio.send_a_matrix()
    studio.arrange()
    if not half_a_day:
        studio.fail_and_retry()
        studio.look()
    copied = studio.copy()
    studio.leave_and_return()
    return copied


class _Studio:
    def __init__(self, terminal: Terminal, home: Path) -> None:
        self._terminal = terminal
        self._home = home

    def browse(self) -> None:
        """Filter the models by their task, find some by name, and take two of them along."""
        self._until('▌▶ video')
        self._terminal.type('tt')
        self._until('▌▣ image')
        self._terminal.type('/')
        self._terminal.type('flux schnell')
        self._until('▌▣ image   black-forest-labs/FLUX.1-schnell')
        self._terminal.press('Enter')
        self._terminal.type('m')
        self._until('1 marked')
        self._terminal.type('/')
        self._terminal.press('ctrl+u')
        self._terminal.type('flux dev')
        self._until('▌▣ image   black-forest-labs/FLUX.1-dev')
        self._terminal.press('Enter')
        self._terminal.type('m')
        self._until('2 marked')
        self._terminal.press('Enter')
        self._until('2 models')

    def send_a_matrix(self) -> None:
        """Two prompts, two models, two of each: asked about, and sent to a line that is paused."""
        self._terminal.press('F4')
        self._until('at most 1 at once')
        self._terminal.type('P')
        self._until('Paused: P starts again')
        self._terminal.press('F3')
        self._until('2 models')
        self._terminal.type('a {red|blue} fox')
        self._until('Alternatives')
        self._terminal.press('Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Backspace')
        self._terminal.type('2')
        self._until(f'Generate {_MATRIX}')
        self._terminal.press('F5')
        self._answer(f'Send {_MATRIX} paid requests?')
        self._until(f'{_MATRIX} paused')
        jobs = self._jobs()
        assert {job['state'] for job in jobs} == {'queued'}, 'nothing starts while all is paused'
        asked = [(job['prompt'], job['model'].partition('/')[2]) for job in jobs]
        assert sorted(asked) == sorted(
            [(f'a {colour} fox', f'FLUX.1-{kind}') for colour in ('red', 'blue') for kind in ('dev', 'schnell')] * 2
        )

    def arrange(self) -> None:
        """Pause the first job alone, move the last one up by two, and let the line go on."""
        line = [job['id'] for job in self._jobs()]
        self._terminal.press('F4')
        self._until('Paused: P starts again')
        self._terminal.press('Home')
        self._terminal.type('p')
        self._until('‖ paused')
        self._terminal.press('End')
        self._terminal.type('KK')
        self._terminal.type('P')
        until(lambda: self._states().count('succeeded') == _MATRIX - 1, 'all but one')
        assert [job['state'] for job in self._jobs() if job['id'] == line[0]] == ['queued'], 'it is paused'
        self._terminal.press('Home')
        self._until('Paused: p lets it go on')
        self._terminal.type('p')
        self._until(f'{_MATRIX} done')
        jobs = self._jobs()
        assert {job['state'] for job in jobs} == {'succeeded'}
        made = sorted(jobs, key=lambda job: Path(job['outputs'][0]['path']).stat().st_mtime_ns)
        if isinstance(self._terminal, Window | RecordingTerminal):
            until_result_shown(self._terminal, self._home)
        assert [job['id'] for job in made] == [*line[1:-3], line[-1], *line[-3:-1], line[0]]

    def fail_and_retry(self) -> None:
        """See a job fail with the reason, try it again alone, and then all that failed."""
        self._terminal.press('F2')
        self._until('/ Search')
        self._terminal.press('Escape')
        choose(self._terminal, _FAILING.partition('/')[2], f'▌▣ image   {_FAILING}')
        self._until('Generate 4')
        self._terminal.press('F5')
        self._until('4 failed')
        self._terminal.press('F4', 'Home')
        self._until('Failed')
        self._terminal.type('r')
        until(lambda: self._tried(1, 1, 1, 2), 'one that is tried again')
        self._terminal.type('R')
        self._answer('Retry 4 failed jobs?')
        until(lambda: self._tried(2, 2, 2, 3), 'all that are tried again')

    def look(self) -> None:
        """Look at two results beside each other, and in one place."""
        self._terminal.press('F6')
        self._until(f'{_MATRIX} results')
        self._terminal.type('  c')
        for result in (_FIRST, _SECOND):
            self._until(result)
        self._terminal.type('v')
        until(lambda: _SECOND not in self._terminal.text(), 'one of them')
        self._terminal.press('Space')
        self._until(_SECOND)
        assert _FIRST not in self._terminal.text(), 'they are in one place'
        self._terminal.press('Escape')
        self._until(f'{_MATRIX} results')

    def copy(self) -> str:
        """Copy where a result lies that was found by a filter; return that."""
        self._terminal.press('F4')
        self._until('/ Filter')
        self._terminal.type('/')
        self._terminal.type(_FILTER)
        self._terminal.press('Enter')
        self._until('4 fit')
        job = [job for job in self._jobs() if 'FLUX.1-dev' in job['model']][-2]
        self._terminal.press('Home', 'Down')
        self._until(job['id'])
        self._terminal.type('y')
        self._until('scp to fetch it')
        self._terminal.press('Enter')
        self._until('Copied')
        path: str = job['outputs'][0]['path']
        return path

    def leave_and_return(self) -> None:
        """End the program, start it again, and find the place, the filter and the selected job as they were left."""
        selected = [job for job in self._jobs() if 'FLUX.1-dev' in job['model']][-2]['id']
        self._terminal.press('ctrl+q')
        self._until('ended with 0')
        self._terminal.press('Enter')
        for what in ('at most 1 at once', '4 fit', _FILTER, selected):
            self._until(what)
        self._terminal.press('ctrl+q')
        until(lambda: selected not in self._terminal.text(), 'the end')

    def _states(self) -> list[str]:
        return [job['state'] for job in self._jobs()]

    def _tried(self, *times: int) -> bool:
        """Whether the failing jobs were tried so many times, and have all failed again."""
        failed = [job for job in self._jobs() if job['state'] == 'failed']
        return sorted(len(job['attempts']) for job in failed) == [*times]

    def _answer(self, question: str) -> None:
        self._until(question)
        until_settled(self._terminal)
        self._terminal.press('Right', 'Enter')

    def _until(self, text: str) -> None:
        until_shown(self._terminal, text)

    def _jobs(self) -> list[dict[str, Any]]:
        """The ledger's jobs in the order in which they were asked for."""
        return jobs_of(self._home)
