"""A Hub and one provider that answers after a fixed time, in a process of its own: `python -m tests.bench.provider`.

Prints its address, and ends when its standard input does. SECONDS and PICTURE are what it is given: how long an answer
takes, and the file that each one is.
"""

import asyncio
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

__all__ = ['MODEL', 'answering_after']

MODEL = 'owner/model'


@contextmanager
def answering_after(seconds: float, picture: Path) -> Iterator[str]:
    """Run it until the block ends; the address is for the Hub and the router alike."""
    command = [sys.executable, '-m', 'tests.bench.provider', str(seconds), str(picture)]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate()


async def _serve(seconds: float, picture: bytes) -> None:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response
    from starlette.routing import Route

    offer = {'providerId': MODEL, 'status': 'live', 'task': 'text-to-image'}
    model = {'id': MODEL, 'pipeline_tag': 'text-to-image', 'inferenceProviderMapping': {'hf-inference': offer}}

    async def tell(request: Request) -> Response:
        return JSONResponse(model)

    async def make(request: Request) -> Response:
        await request.body()
        await asyncio.sleep(seconds)
        return Response(picture, media_type='image/png')

    routes = [Route('/{path:path}', tell, methods=['GET']), Route('/{path:path}', make, methods=['POST'])]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_level='error'))
    with socket.create_server(('127.0.0.1', 0), backlog=256) as listening:
        print(f'http://127.0.0.1:{listening.getsockname()[1]}', flush=True)  # noqa: T201 - it is asked for
        serving = asyncio.create_task(server.serve([listening]))
        await asyncio.to_thread(sys.stdin.read)
        server.should_exit = True
        await serving


if __name__ == '__main__':
    asyncio.run(_serve(float(sys.argv[1]), Path(sys.argv[2]).read_bytes()))
