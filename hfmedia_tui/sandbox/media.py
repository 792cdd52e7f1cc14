"""The media host: files behind unguessable names, without credentials, as a provider's CDN serves them."""

import asyncio

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from hfmedia_tui.sandbox.breaking import BreakingResponse
from hfmedia_tui.sandbox.faults import Fault
from hfmedia_tui.sandbox.predictions import Predictions

__all__ = ['ROUTES']

_MEDIA_TYPES = {'png': 'image/png', 'jpeg': 'image/jpeg', 'webp': 'image/webp', 'mp4': 'video/mp4'}

_EXPIRED = (
    "<?xml version='1.0' encoding='UTF-8'?><Error><Code>ExpiredToken</Code>"
    '<Message>The provided token has expired.</Message></Error>'
)
"""What a signed link of object storage answers when its time is over."""


async def _file(request: Request) -> Response:
    predictions: Predictions = request.app.state.predictions
    found = await predictions.find_media(request.path_params['provider'], request.path_params['name'])
    if found is None:
        return Response('404: Not Found', 404, media_type='text/plain')
    prediction, path = found
    # Storage that was handed bytes without a type says so, and nothing more.
    label = (
        'application/octet-stream' if prediction.ask.provider == 'replicate' else _MEDIA_TYPES[prediction.ask.format]
    )
    if prediction.ask.fault is Fault.EXPIRED_LINK:
        return Response(_EXPIRED, 403, media_type='application/xml')
    if prediction.ask.fault is Fault.CUT_OFF:
        return BreakingResponse(await asyncio.to_thread(path.read_bytes), media_type=label)
    return FileResponse(path, media_type=label, headers={'cache-control': 'public, max-age=3600'})


ROUTES = [Route('/files/{provider}/{name}', _file)]
