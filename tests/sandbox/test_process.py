"""The sandbox as a process: it starts, it is collected from by a later one, and it ends with its parent."""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from hfmedia_tui.errors import SandboxError
from hfmedia_tui.sandbox.addresses import Addresses
from hfmedia_tui.sandbox.predictions import KEPT_SECONDS
from hfmedia_tui.sandbox.process import running
from tests.sandbox.asking import TOKEN, connected

BODY = {'prompt': 'a lighthouse', 'seed': 3, 'image_size': {'width': 96, 'height': 64}}


async def submitted(addresses: Addresses) -> str:
    async with connected(headers=TOKEN) as client:
        reply = await client.post(f'{addresses.router}/fal-ai/fal-ai/flux/dev?_subdomain=queue', json=BODY)
    return str(reply.json()['request_id'])


async def collected(addresses: Addresses, identifier: str) -> tuple[str, bytes]:
    """Return the result's URL and its bytes."""
    path = f'{addresses.router}/fal-ai/fal-ai/flux/requests/{identifier}'
    async with connected(headers=TOKEN, params={'_subdomain': 'queue'}) as client:
        for _ in range(500):
            if (await client.get(f'{path}/status')).status_code == 200:
                break
        url = (await client.get(path)).json()['images'][0]['url']
        return url, (await client.get(url)).content


async def test_a_later_process_collects_what_an_earlier_one_took_on(tmp_path: Path) -> None:
    async with running(tmp_path, pace=0) as first:
        identifier = await submitted(first)
    async with running(tmp_path, pace=0) as second:
        assert second == first
        url, picture = await collected(second, identifier)
        assert picture
        async with connected() as client:
            assert (await client.get(f'{second.hub}/sandbox/submits')).json() == {
                'total': 1,
                'providers': {'fal-ai': 1},
            }
    async with running(tmp_path, pace=0), connected() as client:
        assert (await client.get(url)).content == picture


async def test_two_processes_on_one_home_see_the_same(tmp_path: Path) -> None:
    async with running(tmp_path, pace=0) as first, running(tmp_path, pace=0) as second:
        assert first.hub != second.hub
        assert first.media != second.media
        identifiers = [await submitted(first), await submitted(second)]
        crossed = [await collected(second, identifiers[0]), await collected(first, identifiers[1])]
        assert crossed[0][1] == crossed[1][1]
        async with connected() as client:
            for addresses in (first, second):
                assert (await client.get(f'{addresses.hub}/sandbox/submits')).json()['total'] == 2


async def test_the_clock_tells_where_a_prediction_stands(tmp_path: Path) -> None:
    async with running(tmp_path, pace=1_000) as addresses:  # so slow that what the asking takes changes nothing
        path = f'{addresses.router}/fal-ai/fal-ai/flux'
        async with connected(headers=TOKEN, params={'_subdomain': 'queue', 'logs': '1'}) as client:
            queued = (await client.post(f'{path}/dev', json=BODY)).json()
            (record,) = tmp_path.rglob(f'*{queued["request_id"]}.json')
            taken_on = json.loads(record.read_text())
            positions, lines, stages = [queued['queue_position']], [], ['IN_QUEUE']
            for share in (0.3, 0.6, 0.9, 1.1, 1.5, 1.9, 2.1):  # of its time in the queue, and then of its run
                waited = min(share, 1) * taken_on['queue_seconds'] + max(share - 1, 0) * taken_on['run_seconds']
                record.write_text(json.dumps(taken_on | {'created_at': time.time() - waited}))
                status = (await client.get(f'{path}/requests/{queued["request_id"]}/status')).json()
                stages.append(status['status'])
                positions += [status['queue_position']] if status['status'] == 'IN_QUEUE' else []
                lines.append(len(status.get('logs') or ()))
    assert positions == sorted(positions, reverse=True)
    assert positions[-1] == 0
    assert lines == sorted(lines)
    assert lines[-1] == 4
    assert stages == 4 * ['IN_QUEUE'] + 3 * ['IN_PROGRESS'] + ['COMPLETED']


async def test_what_is_older_than_a_day_goes(tmp_path: Path) -> None:
    async with running(tmp_path, pace=0) as addresses:
        kept, old = await submitted(addresses), await submitted(addresses)
        for identifier in (kept, old):
            await collected(addresses, identifier)
    for file in tmp_path.rglob(f'*{old}*'):
        when = file.stat().st_mtime - KEPT_SECONDS - 60
        os.utime(file, (when, when))
    async with running(tmp_path, pace=0):
        assert not list(tmp_path.rglob(f'*{old}*'))
        assert len(list(tmp_path.rglob(f'*{kept}*'))) == 2


async def test_a_home_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / 'file').write_text('in the way')
    with pytest.raises(SandboxError, match=r'did not start: .*file: File exists\.'):
        async with running(tmp_path / 'file'):
            pass


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_at_once_and_without_complaint(tmp_path: Path, number: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *('-m', 'hfmedia_tui.sandbox', '--home', str(tmp_path), '--pace', '100'),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    addresses = json.loads(await process.stdout.readline())
    async with connected(headers=TOKEN) as client:
        # A request that is held for minutes keeps nobody waiting.
        held = asyncio.create_task(
            client.post(f'{addresses["router"]}/hf-inference/models/stabilityai/sdxl-turbo', json={'inputs': 'a pear'})
        )
        while not (await client.get(f'{addresses["hub"]}/sandbox/submits')).json()['total']:
            pass
        process.send_signal(number)
        async with asyncio.timeout(5):
            _, said = await process.communicate()
        await asyncio.gather(held, return_exceptions=True)
    assert process.returncode == 0
    assert said == b''


async def test_it_ends_when_its_parent_is_gone(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *('-m', 'hfmedia_tui.sandbox', '--home', str(tmp_path), '--while-stdin'),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    await process.stdout.readline()
    process.stdin.close()
    async with asyncio.timeout(5):
        assert await process.wait() == 0


async def test_media_come_from_another_host_and_from_nowhere_else(sandbox: Addresses) -> None:
    identifier = await submitted(sandbox)
    url, picture = await collected(sandbox, identifier)
    assert url.startswith(sandbox.media)
    async with connected() as client:
        assert (await client.get(url)).content == picture
        assert (await client.get(url.replace(sandbox.media, sandbox.hub))).status_code == 404
        assert (await client.get(f'{sandbox.media}/api/models')).status_code == 404
        for name in ('../port', '..%2Fport', f'{identifier}-1.jpeg', f'{identifier}-0.png', 'x'):
            assert (await client.get(f'{sandbox.media}/files/fal-ai/{name}')).status_code == 404
