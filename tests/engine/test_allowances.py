"""A provider that says that it is too much is asked less, and slowly more again."""

from hfmedia_tui.domain import JobState
from hfmedia_tui.engine.allowances import Allowances
from hfmedia_tui.paths import Paths
from hfmedia_tui.services import Ask, Limits
from tests.engine.loopback import Answer, Server
from tests.engine.provider import Provider
from tests.houses import opened


def test_it_is_halved_and_earned_back_one_by_one() -> None:
    allowances = Allowances(8)
    assert allowances.of('fal-ai') == 8
    seen = list[int]()
    for _ in range(5):
        allowances.throttled('fal-ai')
        seen.append(allowances.of('fal-ai'))
    assert seen == [4, 2, 1, 1, 1], 'one at least, or it would never be found out that it is better again'
    assert allowances.lowered == {'fal-ai': 1}
    rounds = 0
    while allowances.of('fal-ai') < 8:
        allowances.accepted('fal-ai')
        rounds += 1
    assert 20 < rounds < 60
    allowances.accepted('fal-ai')
    assert allowances.of('fal-ai') == 8
    assert allowances.of('replicate') == 8, 'each for itself'
    assert not allowances.lowered


async def test_a_throttled_provider_is_asked_by_fewer_jobs_and_the_note_says_so(
    paths: Paths, server: Server, provider: Provider
) -> None:
    refusals = iter([Answer(429, {'ratelimit': '"api";r=0;t=3'}, b'{"error": "too many"}')] * 2)
    provider.submit = lambda: next(refusals, None)
    async with opened(paths, server.url, limits=Limits(total=8, per_provider=4)) as house:
        subscription = house.pool.subscribe()
        jobs = await house.submit(Ask(model='a/b', prompt='a fox', provider='fal-ai', count=12))
        notes = set[str]()
        async for snapshot in subscription:
            if snapshot.note:
                notes.add(snapshot.note)
            if all(house.pool.jobs[job.id].state is JobState.SUCCEEDED for job in jobs):
                break
        assert any('fal-ai is busy (429), at most 2 at once for now: again in 3 s.' in note for note in notes), notes
    assert provider.submits == 14
