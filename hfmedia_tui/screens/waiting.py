"""Jobs that an earlier session left waiting: whether they are sent now."""

from hfmedia_tui.domain import Job
from hfmedia_tui.screens.choice import Choice
from hfmedia_tui.widgets.plain import one_line, plural, shortened

__all__ = ['ask_about_waiting']

_MOST_NAMED = 3
_WIDEST = 52
"""Cells of a prompt that is quoted."""


def ask_about_waiting(waiting: tuple[Job, ...]) -> Choice:
    """The question what becomes of them; dismissed with `run`, `cancel`, or anything else to let them wait."""
    named = [shortened(one_line(job.order.prompt), _WIDEST) for job in waiting[:_MOST_NAMED]]
    if len(waiting) > _MOST_NAMED:
        named.append(f'and {len(waiting) - _MOST_NAMED:,} more')
    return Choice(
        f'{plural(len(waiting), "job")} of an earlier session {"waits" if len(waiting) == 1 else "wait"}',
        [
            ('wait', 'Keep waiting', 'r in Jobs sends one'),
            ('run', 'Run', 'send them now; each may be billed'),
            ('cancel', 'Cancel', 'nothing was sent, nothing is billed'),
        ],
        chosen='wait',
        text='\n'.join(named),
    )
