import asyncio

from hfmedia_tui.media.turns import Turns


async def test_the_nearest_is_next_and_who_leaves_holds_up_nobody() -> None:
    turns = Turns()
    order: list[float] = []
    go = asyncio.Event()

    async def take(nearness: float) -> None:
        async with turns.turn(nearness):
            order.append(nearness)
            await go.wait()

    tasks = [asyncio.create_task(take(nearness)) for nearness in (9.0, 3.0, 1.0, 2.0)]
    await asyncio.sleep(0)
    tasks[2].cancel()
    go.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == [9.0, 2.0, 3.0]
    async with asyncio.timeout(1), turns.turn(0):
        pass


async def test_who_is_called_and_cancelled_at_once_hands_the_turn_on() -> None:
    turns = Turns()
    reached = asyncio.Event()

    async def wait(nearness: float) -> None:
        async with turns.turn(nearness):
            reached.set()

    async with turns.turn(0):
        first = asyncio.create_task(wait(1))
        second = asyncio.create_task(wait(2))
        await asyncio.sleep(0)
    first.cancel()
    async with asyncio.timeout(1):
        await reached.wait()
    await second
    assert first.cancelled()
