"""Messages that cross from one place to another; those of a single widget are nested in it."""

from textual.message import Message

from hfmedia_tui.domain import Job, Model

__all__ = ['JobReused', 'ModelChosen', 'OpeningRetried']


class ModelChosen(Message):
    """The user chose a model to compose with, or several."""

    def __init__(self, model: Model, others: tuple[Model, ...] = ()) -> None:
        super().__init__()
        self.model = model
        self.others = others


class JobReused(Message):
    """The user wants to compose again what a job was made from."""

    def __init__(self, job: Job, *, whole: bool = False) -> None:
        super().__init__()
        self.job = job
        self.whole = whole
        """Whether all that was asked for with it is meant, as it was asked for, and not this one result."""


class OpeningRetried(Message):
    """The user asked to open the house again, after that failed."""
