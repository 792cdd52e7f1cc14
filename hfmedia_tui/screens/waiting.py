"""Jobs that an earlier session left waiting: whether they are sent now."""

from collections import Counter

from hfmedia_tui.domain import Job
from hfmedia_tui.screens.choice import Choice
from hfmedia_tui.widgets.keys import keyed
from hfmedia_tui.widgets.plain import one_line, plural, shortened
from hfmedia_tui.widgets.unexpected import Unexpected

__all__ = ['ask_about_waiting']

_MOST_NAMED = 3
_WIDEST = 48
"""Cells of a prompt that is quoted."""


class _WaitingChoice(Choice, Unexpected[str | None]):  # of several bases Textual styles it as the first
    """Comes when the account is known, while somebody may type already.

    Who writes a prompt without looking up, and ends it with Enter, must not have chosen what is billed.
    """

    LETTERS = False


def ask_about_waiting(waiting: tuple[Job, ...]) -> Choice:
    """The question what becomes of them; dismissed with `run`, `cancel`, or anything else to let them wait."""
    prompts = Counter(one_line(job.order.prompt) for job in waiting)
    named = [
        shortened(prompt, _WIDEST) + (f' ×{count:,}' if count > 1 else '')
        for prompt, count in prompts.most_common(_MOST_NAMED)
    ]
    if others := len(prompts) - len(named):
        named.append(f'and {others:,} more')
    return _WaitingChoice(
        f'{plural(len(waiting), "job")} of an earlier session {"waits" if len(waiting) == 1 else "wait"}',
        [
            ('wait', 'Keep waiting', keyed('{jobs.retry} in Jobs sends one').plain),
            ('run', 'Run', 'send them now'),
            ('cancel', 'Cancel', 'nothing was sent, nothing is billed'),
        ],
        chosen='wait',
        text='\n'.join(named),
    )
