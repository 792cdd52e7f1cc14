"""A Hub, a router and a media host in one, which answer as a test tells them to."""

import io
import json
from collections.abc import Callable

from PIL import Image

from tests.engine.loopback import Answer, Asked

__all__ = ['Provider', 'as_json']

MODEL = {
    'id': 'a/b',
    'pipeline_tag': 'text-to-image',
    'inferenceProviderMapping': {
        'fal-ai': {'providerId': 'fal-ai/x', 'status': 'live', 'task': 'text-to-image'},
        'hf-inference': {'providerId': 'a/b', 'status': 'live', 'task': 'text-to-image'},
    },
}


def as_json(value: object, status: int = 200) -> Answer:
    return Answer(status, {'content-type': 'application/json'}, json.dumps(value).encode())


class Provider:
    """A Hub, a router and a media host in one, with one provider whose polls and media answer as they are told."""

    def __init__(self) -> None:
        self.submits = 0
        self.submit: Callable[[], Answer | None] = lambda: None
        """What a submit is answered; None for what the provider asked would answer."""
        self.poll: Callable[[], Answer] = lambda: as_json({'status': 'COMPLETED'})
        self.media: Callable[[], Answer] = lambda: Answer(body=self.picture)
        self.answer_media: Callable[[Asked], Answer] = lambda asked: self.media()
        self.images = 1
        """How many results there are."""
        self.media_url: str | None = None
        """Where the result lies; None for here."""
        self.fetched = list[Asked]()
        buffer = io.BytesIO()
        Image.effect_noise((64, 48), 50).save(buffer, 'PNG')
        self.picture = buffer.getvalue()
        self.url = ''

    def __call__(self, asked: Asked) -> Answer:
        path = asked.path.partition('?')[0]
        if asked.method == 'POST':
            return self._take(path)
        if path.startswith('/api/models'):
            return as_json(MODEL)
        if path.endswith('/status'):
            return self.poll()
        if path == '/media.png':
            self.fetched.append(asked)
            return self.answer_media(asked)
        # The result; or an account without a name, which nobody asks for.
        return as_json({'images': [{'url': self.media_url or f'{self.url}/media.png'}] * self.images})

    def _take(self, path: str) -> Answer:
        self.submits += 1
        if (told := self.submit()) is not None:
            return told
        if 'hf-inference' in path:
            return Answer(200, {'content-type': 'image/png'}, self.picture)
        return as_json(
            {'request_id': 'r1', 'response_url': 'https://queue.fal.run/fal-ai/x/requests/r1', 'status': 'IN_QUEUE'}
        )
