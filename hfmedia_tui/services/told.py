"""A job as it is told to scripts: in lists, in events, and to the user's own command."""

from datetime import UTC, datetime
from typing import Any

from hfmedia_tui.domain import Job

__all__ = ['job_object']


def job_object(job: Job) -> dict[str, Any]:
    """A job as scripts read it."""
    return {
        'id': job.id,
        'state': job.state,
        'task': job.order.task,
        'model': job.order.model,
        'provider': job.provider,
        'prompt': job.order.prompt,
        'parameters': job.order.parameters,
        'seed': job.seed,
        'attempts': job.attempts,
        'progress': {
            'stage': job.progress.stage,
            'queue_position': job.progress.queue_position,
            'fraction': job.progress.fraction,
            'bytes': job.progress.bytes,
        },
        'outputs': job.outputs,
        'error': job.error,
        'cost': job.facts.cost,
        'created_at': job.created_at,
        'elapsed': round(job.elapsed(datetime.now(UTC)), 3),
    }
