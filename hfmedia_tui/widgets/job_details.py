"""Everything known about one job."""

from collections.abc import Callable, Iterator

from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from hfmedia_tui.domain import FINAL_STATES, SANDBOX, Driver, Job, JobState, clean
from hfmedia_tui.outlook import Outlook, PastRuns, no_outlook
from hfmedia_tui.paths import file_link
from hfmedia_tui.widgets.job_row import COLOURS, is_left, is_paused, state_mark, state_word
from hfmedia_tui.widgets.keys import keyed
from hfmedia_tui.widgets.plain import clock, duration, file_size, json_text, one_line, shortened

__all__ = ['JobDetails', 'caption']

_NARROW = 42
"""Cells of a line before the layout has told."""


class JobDetails(Widget):
    """A job's state with its reason, what was asked, each attempt, and where the results are."""

    DEFAULT_CSS = """
    JobDetails { height: auto; width: 1fr; }
    """

    job: reactive[Job | None] = reactive(None, layout=True)
    """The job to describe."""

    def __init__(self) -> None:
        super().__init__()
        self.outlook: Callable[[Job], Outlook] = no_outlook
        """Tells what can be said of a job that has not ended."""

    def render(self) -> Content:
        job = self.job
        if job is None:
            return Content('')
        outlook = Outlook() if job.state in FINAL_STATES else self.outlook(job)
        mark, part = state_mark(job, outlook)
        lines = [Content.assemble((f'{mark} {state_word(job, outlook).capitalize()}', f'bold {COLOURS[part]}'))]
        if job.trashed_at is not None:
            lines.append(Content.styled(f'In the trash since {clock(job.trashed_at)}', '$warning'))
        if job.sent_in is not None:
            lines.append(
                keyed('Nothing has left this machine: {jobs.undo} takes it back, {jobs.start_now} sends it now.')
            )
        if job.error:
            lines += [Content(job.error.message)]
            if job.error.hint:
                lines.append(Content.styled(job.error.hint, '$foreground-muted'))
        lines += [Content.styled(one_line(told), '$foreground-muted') for told in _standing(job, outlook)]
        for output in job.outputs:
            lines.append(Content(one_line(clean(output.path, 4096))).stylize(Style(link=file_link(output.path))))
        lines += [Content(''), Content(job.order.prompt)]
        facts = [
            Content.assemble((label, '$foreground-muted'), one_line(value))
            for label, value in _facts(job, self.size.width or _NARROW)
            if value
        ]
        # Who refused is worth more than what was asked; who answered at once is not.
        refused = any(attempt.error for attempt in job.attempts)
        for section in (_attempts(job), facts) if refused else (facts, _attempts(job)):
            if section:
                lines += [Content(''), *section]
        return Content('\n').join(lines)


def _standing(job: Job, outlook: Outlook) -> Iterator[str]:
    """Yield in sentences who drives the job, what stands in its way, and how long it may take."""
    if job.driver is Driver.OTHER:
        yield 'Another process drives it.'
    elif job.paused and job.state is JobState.QUEUED:
        yield keyed('Paused: {jobs.pause} lets it go on.').plain
    elif is_paused(job, line=outlook.line_paused):
        yield keyed('Nothing new starts: {jobs.pause_all} lets all go on.').plain
    elif is_left(job):
        yield 'No process drives it: retry takes it up.'
    if job.note and not (job.error and job.error.hint == job.note):
        yield job.note
    if job.state is JobState.RUNNING:
        if (past := outlook.past) is not None:
            yield _usually(past)
        if job.progress.log:
            yield job.progress.log


def _usually(past: PastRuns) -> str:
    if past.count == 1:
        return f'The one run before took {duration(past.median)}.'
    low, high = past.usual
    return f'{past.count} runs before took {duration(low)} to {duration(high)}, the median {duration(past.median)}.'


def _attempts(job: Job) -> list[Content]:
    if not job.attempts:
        return []
    lines = [Content.styled('Attempts', 'bold')]
    for attempt in job.attempts:
        told = attempt.error or ('answered' if job.state in FINAL_STATES else 'asked')
        status = f'{attempt.status} ' if attempt.status else ''
        lines.append(
            Content.assemble(
                (('✗', '$error') if attempt.error else ('·', '$foreground-muted')),
                f' {one_line(attempt.provider)}  ',
                (f'{status}{one_line(told)}', '$foreground-muted'),
            )
        )
    return lines


def _facts(job: Job, width: int) -> list[tuple[str, str]]:
    """What is known, each with its label; `width` are the cells of a line."""
    order = job.order
    span = duration((job.finished_at - job.started_at).total_seconds()) if job.finished_at and job.started_at else ''
    facts = [
        ('Model', order.model),
        ('Provider', job.provider or order.provider or 'automatic'),
        ('Seed', str(job.seed)),
    ]
    facts += [
        (name.replace('_', ' ').capitalize()[:30], f' {value}'.lstrip()) for name, value in order.parameters.items()
    ]
    if order.extra:
        facts.append(('Extra', json_text(order.extra)))
    facts += [('Asked', clock(job.created_at)), ('Took', span)]
    for output in job.outputs:
        facts.append(('File', _file(output.media_type, output.width, output.height, output.duration, output.size)))
    told = job.facts
    if told.seed is not None and told.seed != job.seed:
        facts.append(('Seed used', str(told.seed)))
    if told.inference_seconds is not None:
        facts.append(('Computed', duration(told.inference_seconds)))
    if told.cost is not None or (job.state is JobState.SUCCEEDED and order.router != SANDBOX):
        facts.append(('Cost', 'not told' if told.cost is None else f'${told.cost:.4f}'))
    if told.request_id:
        facts.append(('Request', told.request_id))
    facts.append(('Job', job.id))
    column = max(9, *(len(label) for label, _ in facts)) + 1
    return [
        (f'{label:<{column}}', shortened(value, width - column) if label == 'Request' else value)
        for label, value in facts
    ]


def _file(media_type: str, width: int | None, height: int | None, seconds: float | None, size: int) -> str:
    words = [media_type.rpartition('/')[2].upper()]
    if width and height:
        words.append(f'{width}×{height} px')
    if seconds:
        words.append(f'{seconds:.1f} s')
    return ', '.join([*words, file_size(size)])


def caption(job: Job) -> str:
    """Describe a result in one line: its size, seed and provider."""
    words = []
    output = next(iter(job.outputs), None)
    if output and output.width and output.height:
        words.append(f'{output.width}×{output.height}')
    if output and output.duration:
        words.append(f'{output.duration:.1f} s long')
    words += [f'seed {job.seed}', one_line(job.provider or '')]
    return ' · '.join(word for word in words if word)
