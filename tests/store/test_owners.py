"""An owner lives as long as its process, with locks or without."""

import errno
import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from hfmedia_tui.domain import Attempt, JobState
from hfmedia_tui.errors import StoreError
from hfmedia_tui.store.ledger import Ledger
from hfmedia_tui.store.owners import Owner, is_alive, living
from tests.jobs import MAPPING, job, order

fcntl = pytest.importorskip('fcntl')


@pytest.fixture
def lockless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that knows no locks."""

    def flock(*_: object) -> None:
        raise OSError(errno.ENOLCK, 'No locks available')

    monkeypatch.setattr(fcntl, 'flock', flock)


@pytest.mark.usefixtures('lockless')
def test_without_locks_a_lease_tells_who_lives(tmp_path: Path) -> None:
    with Owner(tmp_path) as owner:
        assert living(tmp_path) == {owner.name}
    assert not is_alive(tmp_path, owner.name)
    assert not list(tmp_path.iterdir())


def test_who_cannot_be_asked_is_taken_to_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As over a network that fails for a while: nobody takes over then what another one drives."""

    def flock(*_: object) -> None:
        raise OSError(errno.EIO, 'Input/output error')

    with Owner(tmp_path) as owner, monkeypatch.context() as failing:
        failing.setattr(fcntl, 'flock', flock)
        assert is_alive(tmp_path, owner.name)
        assert living(tmp_path) == {owner.name}


@pytest.mark.usefixtures('lockless')
def test_a_lease_that_is_not_renewed_runs_out(tmp_path: Path) -> None:
    with Owner(tmp_path) as owner:
        os.utime(tmp_path / f'{owner.name}.lease', (0, 0))
        assert not is_alive(tmp_path, owner.name)
        assert living(tmp_path) == frozenset()


async def test_who_was_taken_for_dead_sends_nothing_any_more(tmp_path: Path) -> None:
    slept, taker = Ledger(tmp_path / 'ledger.sqlite3'), Ledger(tmp_path / 'ledger.sqlite3')
    await slept.open()
    await taker.open()
    one = job(order())
    await slept.add(one.order, [one])
    (tmp_path / 'owners' / f'{slept._owner.name}.lock').unlink()
    assert await taker.take_up(one.id, asked=False)
    with pytest.raises(StoreError, match='not driven by this process'):
        await slept.save_attempt(one, 0, MAPPING, None)
    failed = replace(one, state=JobState.FAILED)
    for telling in (
        slept.save(failed, collectable=True),
        slept.save_all([failed]),
        slept.end_attempt(failed, 0, MAPPING, Attempt(provider='fal-ai', error='no')),
    ):
        with pytest.raises(StoreError, match='not driven by this process'):
            await telling
    assert (await taker.find(one.id)).state is JobState.QUEUED
    await slept.close()
    await taker.close()
