"""Secrets that are looked for wherever they must not be, and a world that would like to have them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.engine.loopback import Answer, Asked
from tests.engine.provider import MODEL, Provider, as_json

__all__ = ['FAL_KEY', 'PASSWORD', 'SECRETS', 'SIGNATURE', 'TOKEN', 'Thief', 'World', 'everything_in', 'found_in']

TOKEN: Final = 'hf_canaryTokenOfTheHub'
FAL_KEY: Final = 'canary-key:of-the-provider'
PASSWORD: Final = 'canaryPasswordOfTheProxy'
SIGNATURE: Final = 'canarySignatureOfTheLink'
SECRETS: Final = (TOKEN, FAL_KEY, PASSWORD, SIGNATURE)


def found_in(text: str | bytes, secrets: Iterable[str] = SECRETS) -> list[str]:
    """The secrets that a text holds."""
    whole = text if isinstance(text, bytes) else text.encode(errors='replace')
    return [secret for secret in secrets if secret.encode() in whole]


def everything_in(folder: Path, *, but: Iterable[str] = ()) -> dict[str, bytes]:
    """Names and contents of all files below `folder`, but those that end in one of the given ways."""
    return {
        str(path): f'{path}\n'.encode() + path.read_bytes()
        for path in folder.rglob('*')
        if path.is_file() and not path.name.endswith(tuple(but))
    }


class Thief:
    """Another server, that a redirect leads to: it records who comes and what they bring, and gives a picture."""

    def __init__(self, picture: bytes) -> None:
        self.picture = picture

    def __call__(self, asked: Asked) -> Answer:
        return Answer(200, {'content-type': 'image/png'}, self.picture)


class World(Provider):
    """A Hub, a router, a provider and a media host, which misbehave in one way at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.mischief = ''
        self.thief = ''
        """The URL of the other server."""

    @property
    def signed(self) -> str:
        return f'{self.thief}/b.png?X-Amz-Signature={SIGNATURE}&Expires=9'

    def __call__(self, asked: Asked) -> Answer:
        return self._misbehave(asked) or self._behave(asked)

    def _misbehave(self, asked: Asked) -> Answer | None:  # noqa: PLR0911, PLR0912 - a table
        path = asked.path.partition('?')[0]
        elsewhere = Answer(307, {'location': f'{self.thief}{asked.path}'})
        credentials = asked.headers.get('authorization', '')
        match self.mischief:
            case 'hub redirects' if path.startswith('/api/'):
                return elsewhere
            case 'next page elsewhere' if path == '/api/models':
                return Answer(200, {'link': f'<{self.thief}/api/models?cursor=2>; rel="next"'}, b'[]')
            case 'account is refused in its own words' if path == '/api/whoami-v2':
                return as_json({'error': f'bad credentials: {credentials}'}, 401)
            case 'hub repeats the token' if path.startswith('/api/'):
                return as_json({'error': f'no access with {credentials}'}, 500)
            case 'submit redirects' if asked.method == 'POST':
                return elsewhere
            case 'submit is refused' if asked.method == 'POST':
                return as_json({'error': f'Invalid key {credentials} for {self.signed}'}, 401)
            case 'submit is refused by a header' if asked.method == 'POST':
                return Answer(422, {'x-request-id': credentials, 'x-fal-error-type': credentials}, b'no')
            case 'submit is cut' if asked.method == 'POST':
                return Answer(200, {}, b'{"request_id": ', length=1000)
            case 'poll redirects' if path.endswith('/status'):
                return elsewhere
            case 'poll fails' if path.endswith('/status'):
                logs = [{'message': f'{credentials} {self.signed}'}]
                return as_json({'status': 'COMPLETED', 'error': f'{credentials} {self.signed}', 'logs': logs})
            case 'result repeats' if '/requests/' in path and not path.endswith('/status'):
                return as_json({'detail': f'{credentials}: 403 for {self.signed}'}, 422)
            case 'media is refused' if path == '/media.png':
                return Answer(403, {'content-type': 'application/xml'}, self.signed.encode())
            case 'media is no picture' if path == '/media.png':
                return Answer(200, {'content-type': 'image/png'}, b'<html>')
            case 'media redirects' if path == '/media.png':
                return Answer(302, {'location': self.signed})
            case 'media redirects to a lie' if path == '/media.png':
                return Answer(302, {'location': f'https://{SIGNATURE}@10.0.0.1/?sig={SIGNATURE}'})
            case _:
                return None

    def _behave(self, asked: Asked) -> Answer:
        if asked.path.startswith('/api/models?'):
            return as_json([MODEL])
        answer = super().__call__(asked)
        if b'/media.png' in answer.body:
            linked = json.loads(answer.body)
            linked['images'][0]['url'] += f'?X-Amz-Signature={SIGNATURE}'
            return as_json(linked)
        return answer


MISCHIEF: Final = (
    '',
    'hub redirects',
    'account is refused in its own words',
    'hub repeats the token',
    'submit redirects',
    'submit is refused',
    'submit is refused by a header',
    'submit is cut',
    'poll redirects',
    'poll fails',
    'result repeats',
    'media is refused',
    'media is no picture',
    'media redirects',
    'media redirects to a lie',
)
"""Every way in which the world misbehaves; the first is that it does not."""
