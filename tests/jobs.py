"""Orders and jobs as a ledger holds them, of which a test says only what matters to it."""

from datetime import UTC, datetime

from hfmedia_tui.domain import Job, Order, ProviderMapping, Task

__all__ = ['MAPPING', 'NOW', 'job', 'order']

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MAPPING = ProviderMapping(provider='fal-ai', provider_id='fal-ai/flux/dev', task='text-to-image')


def order(name: str = 'abcdefgh', **fields: object) -> Order:
    """An order of that id, for words that are hard to keep."""
    values: dict[str, object] = {
        'id': name,
        'task': Task.TEXT_TO_IMAGE,
        'model': 'owner/name',
        'prompt': 'a “fox”\n[/b] \U0001f98a',
        'mappings': (MAPPING,),
        'created_at': NOW,
    }
    return Order(**{**values, **fields})  # type: ignore[arg-type]


def job(of: Order, index: int = 0, **fields: object) -> Job:
    """One of its jobs."""
    values: dict[str, object] = {'id': f'{of.id}-{index + 1}', 'seed': 1, 'created_at': of.created_at}
    return Job(order=of, index=index, **{**values, **fields})  # type: ignore[arg-type]
