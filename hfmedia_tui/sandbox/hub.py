"""The Hub's API, as far as a client of Inference Providers asks it.

The routes and their parameters are those of `list_models`, `model_info` and `whoami` in huggingface_hub; the shapes
of `inferenceProviderMapping` (an array in the list, an object keyed by provider for one model) are told there too.
"""

import base64
import binascii
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hfmedia_tui.domain import JSON
from hfmedia_tui.sandbox.models import MODELS, PROVIDERS, CatalogueModel, Offer
from hfmedia_tui.sandbox.replies import Refusal, answer

__all__ = ['ROUTES', 'bearer']

_PAGE_LIMIT = 1_000

_WITHOUT_EXPAND = ('likes', 'private', 'downloads', 'tags', 'pipeline_tag', 'library_name', 'createdAt', 'modelId')
"""What the Hub tells about each model when nothing particular is asked."""

_PROPERTIES: Final[Mapping[str, Callable[[CatalogueModel], JSON]]] = {
    'author': lambda model: model.id.partition('/')[0],
    'cardData': lambda model: {'license': _licence(model), 'pipeline_tag': model.task.value},
    'createdAt': lambda model: model.created_at,
    'disabled': lambda model: False,
    'downloads': lambda model: model.downloads,
    'gated': lambda model: model.gated,
    'inference': lambda model: 'warm' if _live(model) else None,
    'lastModified': lambda model: model.created_at,
    'library_name': lambda model: model.library,
    'likes': lambda model: model.likes,
    'modelId': lambda model: model.id,
    'pipeline_tag': lambda model: model.task.value,
    'private': lambda model: False,
    'tags': lambda model: list(model.tags),
    'trendingScore': lambda model: model.trending,
}

_SORTS: Final[Mapping[str, Callable[[CatalogueModel], Any]]] = {
    'trendingScore': lambda model: model.trending,
    'downloads': lambda model: model.downloads,
    'likes': lambda model: model.likes,
    'likes30d': lambda model: model.trending * 10 + model.likes // 100,
    'createdAt': lambda model: model.created_at,
    'lastModified': lambda model: model.created_at,
}


def bearer(request: Request) -> str | None:
    """Return the request's token, if it looks like one of Hugging Face's; any such token is accepted."""
    scheme, _, token = request.headers.get('authorization', '').partition(' ')
    return token if scheme.lower() == 'bearer' and token.startswith('hf_') and len(token) > len('hf_') else None


async def _list_models(request: Request) -> Response:
    query = request.query_params
    models = [model for model in MODELS.values() if _matches(model, request)]
    sort = _SORTS.get(query.get('sort', 'trendingScore'))
    if sort is None:
        raise Refusal(400, {'error': f'Invalid sort parameter: {query["sort"][:100]}'})
    models.sort(key=sort, reverse=query.get('direction') != '1')
    # Models that fail on purpose come last, whatever the order.
    models.sort(key=lambda model: -min(model.trending, 0))
    limit = min(_whole(query.get('limit')) or _PAGE_LIMIT, _PAGE_LIMIT)
    start = _cursor_start(query.get('cursor'))
    expand = _values(request, 'expand', 'expand[]')
    page = [_describe(model, expand, keyed=False) for model in models[start : start + limit]]
    headers = _rate_limit()
    if start + limit < len(models):
        rest = [(name, value) for name, value in query.multi_items() if name != 'cursor']
        cursor = base64.urlsafe_b64encode(f'after:{start + limit}'.encode()).decode()
        following = f'{request.url.replace(query="")}?{urlencode([*rest, ("cursor", cursor)])}'
        headers['link'] = f'<{following}>; rel="next"'
    return answer(page, headers=headers)


async def _one_model(request: Request) -> Response:
    model = MODELS.get(f'{request.path_params["owner"]}/{request.path_params["name"]}')
    if model is None:
        # The Hub does not tell a stranger whether a repository is missing or private.
        status, message = (404, 'Repository not found') if bearer(request) else (401, 'Invalid username or password.')
        headers = {'x-error-code': 'RepoNotFound', 'x-error-message': message}
        raise Refusal(status, {'error': message}, {**_rate_limit(), **headers})
    return answer(_describe(model, _values(request, 'expand', 'expand[]'), keyed=True), headers=_rate_limit())


async def _who_am_i(request: Request) -> Response:
    if bearer(request) is None:
        message = 'Invalid username or password.'
        raise Refusal(401, {'error': message}, {**_rate_limit(), 'x-error-message': message})
    permissions = {'canReadGatedRepos': True, 'global': ['inference.serverless.write']}
    return answer(
        {
            'type': 'user',
            'id': '5f0000000000000000000001',
            'name': 'sandbox',
            'fullname': 'Sandbox',
            'email': 'sandbox@localhost',
            'emailVerified': True,
            'canPay': True,
            'isPro': False,
            'periodEnd': None,
            'orgs': [
                {
                    'type': 'org',
                    'id': '5f0000000000000000000002',
                    'name': 'sandbox-org',
                    'fullname': 'Sandbox Organisation',
                    'canPay': True,
                    'isEnterprise': True,
                    'roleInOrg': 'admin',
                }
            ],
            'auth': {
                'type': 'access_token',
                'accessToken': {'displayName': 'sandbox', 'role': 'fineGrained', 'fineGrained': permissions},
            },
        },
        headers=_rate_limit(),
    )


async def _partner_models(request: Request) -> Response:
    provider = request.path_params['provider']
    status = request.query_params.get('status')
    if provider not in PROVIDERS:
        raise Refusal(404, {'error': 'Partner not found'}, _rate_limit())
    tasks: dict[str, JSON] = {}
    for model in MODELS.values():
        for offer in model.offers:
            if offer.provider == provider and status in (None, offer.status):
                described = {'_id': model.internal_id, **_offer(model, offer)}
                by_model = tasks.setdefault(model.task.value, {})
                assert isinstance(by_model, dict)
                by_model[model.id] = described
    return answer(tasks, headers=_rate_limit())


async def _tasks(request: Request) -> Response:
    """Answer which model a client should take that names none, one for each task."""
    widgets = {
        task: [next(model.id for model in MODELS.values() if model.task.value == task)]
        for task in {model.task.value for model in MODELS.values()}
    }
    return answer({task: {'id': task, 'widgetModels': models} for task, models in widgets.items()})


def _matches(model: CatalogueModel, request: Request) -> bool:
    query = request.query_params
    providers = {offer.provider for offer in model.offers if offer.status == 'live'}
    asked_providers = _values(request, 'inference_provider')
    gated = query.get('gated')
    return (
        query.get('pipeline_tag', model.task.value) == model.task.value
        and query.get('author', model.id.partition('/')[0]) == model.id.partition('/')[0]
        and query.get('search', '').strip().lower() in model.id.lower()
        and (query.get('inference') != 'warm' or bool(providers))
        and (not asked_providers or ('all' in asked_providers and bool(providers)) or bool(providers & asked_providers))
        and all(tag in model.tags for tag in _values(request, 'filter'))
        and (gated is None or (gated in ('true', '1')) == bool(model.gated))
    )


def _describe(model: CatalogueModel, expand: Iterable[str], *, keyed: bool) -> JSON:
    """Return what the Hub tells about `model`; `keyed` for one model's shape of the mapping."""
    described: dict[str, JSON] = {'_id': model.internal_id, 'id': model.id}
    for name in expand or _WITHOUT_EXPAND:
        if name == 'inferenceProviderMapping':
            if keyed:
                described[name] = {offer.provider: _offer(model, offer) for offer in model.offers}
            else:
                described[name] = [{'provider': offer.provider, **_offer(model, offer)} for offer in model.offers]
        elif (property_ := _PROPERTIES.get(name)) and (value := property_(model)) is not None:
            described[name] = value
    return described


def _offer(model: CatalogueModel, offer: Offer) -> dict[str, JSON]:
    described: dict[str, JSON] = {
        'status': offer.status,
        'providerId': offer.provider_id,
        'task': model.task.value,
        'isModelAuthor': False,
    }
    if offer.adapter:
        described |= {'adapter': offer.adapter, 'adapterWeightsPath': offer.adapter_weights_path}
    return described


def _live(model: CatalogueModel) -> bool:
    return any(offer.status == 'live' for offer in model.offers)


def _licence(model: CatalogueModel) -> str:
    return next((tag.partition(':')[2] for tag in model.tags if tag.startswith('license:')), 'other')


def _values(request: Request, *names: str) -> set[str]:
    """Return the values of a parameter that may be repeated, or hold several with commas between them."""
    given = [value for name in names for value in request.query_params.getlist(name)]
    return {part for value in given for part in value.split(',') if part}


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _cursor_start(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        word, _, number = base64.urlsafe_b64decode(cursor).decode().partition(':')
    except (binascii.Error, UnicodeDecodeError, ValueError):
        word, number = '', ''
    start = _whole(number)
    if word != 'after' or start is None:
        raise Refusal(400, {'error': 'Invalid cursor'})
    return start


def _rate_limit() -> dict[str, str]:
    """Return the headers of the Hub's rate limits (hub-docs, `hub/rate-limits.md`): far from used up."""
    return {
        'ratelimit': '"api";r=999;t=289',
        'ratelimit-policy': '"fixed window";"api";q=1000;w=300',
        'x-request-id': f'Root=1-{uuid.uuid4().hex[:8]}-{uuid.uuid4().hex[:24]};{uuid.uuid4()}',
    }


ROUTES = [
    Route('/api/models', _list_models),
    Route('/api/models/{owner}/{name}', _one_model),
    Route('/api/models/{owner}/{name}/revision/{revision}', _one_model),
    Route('/api/partners/{provider}/models', _partner_models),
    Route('/api/tasks', _tasks),
    Route('/api/whoami-v2', _who_am_i),
]
