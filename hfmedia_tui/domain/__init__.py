"""The nouns of the house, one meaning each, and nothing that does I/O.

What a person asks for
    task      what is made: text-to-image or text-to-video.
    model     a repository on the Hub, named `owner/name`.
    mapping   one provider's offer to run one model: its own id for it, and whether it is live.
    order     one ask: a prompt and its parameters, for a number of generations of one model.
    matrix    orders asked for together: a prompt, or several, by several models or providers.
    job       one generation of an order, with its own seed; it lives until it is succeeded, failed, cancelled
              or interrupted, and its snapshots are immutable.

How a provider is spoken to
    prediction  one job as one provider is asked for it.
    attempt     one prediction tried, and how it ended.
    progress    where a prediction stands, small enough to be a row of a database, with exactly one next step.
    step        send, wait, fetch, done or failed: the whole vocabulary between a provider and the engine.
    output      one file that a job brought home.
"""

from hfmedia_tui.domain.jobs import (
    FINAL_STATES,
    SANDBOX,
    Attempt,
    Draw,
    Driver,
    Event,
    Facts,
    Failure,
    FailureCode,
    Job,
    JobProgress,
    JobState,
    Matrix,
    MediaFacts,
    Order,
    Output,
    Result,
    Stage,
    event_of,
)
from hfmedia_tui.domain.models import (
    Model,
    ProviderMapping,
    Task,
    split_name,
)
from hfmedia_tui.domain.predictions import (
    JSON,
    Access,
    AttemptRecord,
    Cancellation,
    Done,
    Failed,
    Fetch,
    Media,
    Prediction,
    Progress,
    Reply,
    Request,
    Send,
    SendKind,
    Step,
    Wait,
)
from hfmedia_tui.domain.text import (
    clean,
    harmless,
    masked,
)

__all__ = [
    'FINAL_STATES',
    'JSON',
    'SANDBOX',
    'Access',
    'Attempt',
    'AttemptRecord',
    'Cancellation',
    'Done',
    'Draw',
    'Driver',
    'Event',
    'Facts',
    'Failed',
    'Failure',
    'FailureCode',
    'Fetch',
    'Job',
    'JobProgress',
    'JobState',
    'Matrix',
    'Media',
    'MediaFacts',
    'Model',
    'Order',
    'Output',
    'Prediction',
    'Progress',
    'ProviderMapping',
    'Reply',
    'Request',
    'Result',
    'Send',
    'SendKind',
    'Stage',
    'Step',
    'Task',
    'Wait',
    'clean',
    'event_of',
    'harmless',
    'masked',
    'split_name',
]
