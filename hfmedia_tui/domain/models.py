"""What can be asked for: the models of the Hub, and who offers to run them."""

from enum import StrEnum

from msgspec import Struct

__all__ = [
    'Model',
    'ProviderMapping',
    'Task',
    'split_name',
]


class Task(StrEnum):
    """What is made, in the Hub's own word (`pipeline_tag`)."""

    TEXT_TO_IMAGE = 'text-to-image'
    TEXT_TO_VIDEO = 'text-to-video'


class ProviderMapping(Struct, frozen=True, kw_only=True, gc=False):  # tens of thousands, without a cycle
    """One provider's offer to run one model, an entry of the Hub's `inferenceProviderMapping`."""

    provider: str
    """The provider's name at Hugging Face, such as `fal-ai`."""
    provider_id: str
    """The provider's own id of the model; it may hold slashes or end in `:version`."""
    status: str = 'live'
    """`live`, `staging` (for tests only) or `error` (the last health check failed)."""
    task: str = ''
    """The task that this provider runs the model for: not always the model card's."""
    adapter: str | None = None
    """`lora` where the model is an adapter on a base model of the provider's."""
    adapter_weights_path: str | None = None
    """The adapter's file in the model's repository."""

    def serves(self, task: Task) -> bool:
        """Whether this offer can be used now for `task`."""
        return self.status == 'live' and self.task == task


class Model(Struct, frozen=True, kw_only=True, gc=False):  # tens of thousands, without a cycle
    """A model of the Hub that at least one provider serves for `task`."""

    id: str
    task: Task
    mappings: tuple[ProviderMapping, ...] = ()
    """The offers for this task, in the Hub's order."""
    likes: int = 0
    downloads: int = 0
    gated: bool | str = False
    """False, or how access is granted: `auto` or `manual`."""
    tags: tuple[str, ...] = ()


def split_name(name: str) -> tuple[str, str | None]:
    """Part `owner/name:provider` into the model and the provider, which may be left out."""
    model, _, provider = name.strip().partition(':')
    return model, provider or None
