"""Messages that cross from one place to another; those of a single widget are nested in it."""

from dataclasses import dataclass

from textual.message import Message

from hfmedia_tui.domain import Job, Model

__all__ = ['JobReused', 'ModelChosen', 'OpeningRetried']


@dataclass
class ModelChosen(Message):
    """The user chose a model to compose with."""

    model: Model


@dataclass
class JobReused(Message):
    """The user wants to compose again what a job was made from."""

    job: Job


class OpeningRetried(Message):
    """The user asked to open the house again, after that failed."""
