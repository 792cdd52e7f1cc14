"""Messages that cross from one place to another; those of a single widget are nested in it."""

from dataclasses import dataclass

from textual.message import Message

from hfmedia_tui.domain import Job, Model

__all__ = ['JobReused', 'ModelChosen', 'OpeningRetried']


@dataclass
class ModelChosen(Message):
    """The user chose a model to compose with, or several."""

    model: Model
    others: tuple[Model, ...] = ()


@dataclass
class JobReused(Message):
    """The user wants to compose again what a job was made from."""

    job: Job
    whole: bool = False
    """Whether all that was asked for with it is meant, as it was asked for, and not this one result."""


class OpeningRetried(Message):
    """The user asked to open the house again, after that failed."""
