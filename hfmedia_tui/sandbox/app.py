"""The whole sandbox as one application: the Hub, the router below `/router`, and the media host beside them."""

import contextlib
import uuid
from collections import OrderedDict
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hfmedia_tui.sandbox import hub, media
from hfmedia_tui.sandbox.predictions import Predictions
from hfmedia_tui.sandbox.replies import Refusal, answer, refuse
from hfmedia_tui.sandbox.wires import (
    fal_ai,
    hf_inference,
    novita,
    openai_images,
    replicate,
    together,
    wavespeed,
    zai_org,
)

__all__ = ['create_app']

_WIRES = {
    'fal-ai': fal_ai.ROUTES,
    'hf-inference': hf_inference.ROUTES,
    'replicate': replicate.ROUTES,
    'wavespeed': wavespeed.ROUTES,
    'together': together.ROUTES,
    'novita': novita.ROUTES,
    'nscale': openai_images.NSCALE_ROUTES,
    'zai-org': zai_org.ROUTES,
    'deepinfra': openai_images.DEEPINFRA_ROUTES,
}


def create_app(home: Path, *, media_origin: str, pace: float) -> ASGIApp:
    """Return the application that serves `home`.

    `media_origin` is the scheme, host and port of the media host; a connection that came in there is served media
    and nothing else, and one that came in elsewhere never is. `pace` multiplies every simulated duration.
    """
    predictions = Predictions(home, media_origin, pace)
    refusals = {Refusal: refuse}
    files = Starlette(routes=media.ROUTES, exception_handlers=refusals)
    api = Starlette(
        routes=[
            *hub.ROUTES,
            Route('/sandbox/submits', _submits),
            *(Mount(f'/router/{name}', _Routed(Router(routes))) for name, routes in _WIRES.items()),
            # huggingface_hub drops the prefix from the polls of a router that is not Hugging Face's own.
            *(Route(path, poll, middleware=[Middleware(_Routed)]) for path, poll in (*fal_ai.POLLS, *wavespeed.POLLS)),
        ],
        exception_handlers=refusals,
        lifespan=_lifespan,
    )
    files.state.predictions = predictions
    api.state.predictions = predictions
    api.state.warming = OrderedDict()
    origin = urlsplit(media_origin)
    media_address = (origin.hostname, origin.port)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        at_media_host = tuple(scope.get('server') or ()) == media_address
        await (files if at_media_host else api)(scope, receive, send)

    return application


@contextlib.asynccontextmanager
async def _lifespan(application: Starlette) -> AsyncIterator[None]:
    predictions: Predictions = application.state.predictions
    await predictions.prune()
    yield
    predictions.close()


async def _submits(request: Request) -> Response:
    """Answer how many submits each provider took on: what a real provider would have billed."""
    predictions: Predictions = request.app.state.predictions
    counts = await predictions.counts()
    return answer({'total': counts.total(), 'providers': dict(counts)})


class _Routed:
    """What Hugging Face's router adds to every provider: it wants a token, and gives each request an id."""

    def __init__(self, wire: ASGIApp) -> None:
        self._wire = wire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = f'Root=1-{uuid.uuid4().hex[:8]}-{uuid.uuid4().hex[:24]};{uuid.uuid4()}'

        async def send_with_id(message: Message) -> None:
            if message['type'] == 'http.response.start':
                MutableHeaders(scope=message)['x-request-id'] = request_id
            await send(message)

        if scope['type'] == 'http' and hub.bearer(Request(scope)) is None:
            refusal = answer({'error': 'Invalid credentials in Authorization header'}, 401)
            await refusal(scope, receive, send_with_id)
        else:
            await self._wire(scope, receive, send_with_id)
