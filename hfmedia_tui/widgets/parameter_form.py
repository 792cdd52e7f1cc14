"""The form below the prompt, made from the declarations of the parameters."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Select

from hfmedia_tui.domain import Order
from hfmedia_tui.errors import UsageError
from hfmedia_tui.parameters import ASPECT_RATIOS, PARAMETERS, Parameter, parse
from hfmedia_tui.widgets.field import Entry, Field

__all__ = ['MAXIMUM_COUNT', 'Entries', 'ParameterForm']

MAXIMUM_COUNT: Final = 100
"""Generations that one ask may be for."""

_WIDE: Final = ('negative_prompt', 'extra')
"""Fields that take the whole width of the form."""


@dataclass(frozen=True)
class Entries:
    """What the form says, read and checked."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
    aspect_ratio: str | None = None
    provider: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    count: int = 1
    seed: int | None = None


class ParameterForm(Widget):
    """Fields for what the chosen model and provider take; what is left empty is not sent."""

    DEFAULT_CSS = """
    ParameterForm {
        layout: grid;
        grid-size: 1;
        grid-rows: auto;
        height: auto;
    }
    """

    takes: reactive[frozenset[str]] = reactive(frozenset())
    """Names of the parameters to show."""
    providers: reactive[tuple[str, ...]] = reactive(())
    """Providers to choose from, in the Hub's order."""

    class Changed(Message):
        """A value was changed."""

    class Submitted(Message):
        """The user pressed Enter in a field."""

    def compose(self) -> ComposeResult:
        yield self._field('negative_prompt')
        ratios = [(f'{ratio:<6} {width}×{height} px', ratio) for ratio, (width, height) in ASPECT_RATIOS.items()]
        yield Field(
            'Aspect ratio',
            Select(ratios, prompt='default', compact=True),
            help='Width to height of the result.',
            id='aspect_ratio',
        )
        yield Field(
            'Provider',
            Select[str]((), prompt='automatic', compact=True),
            help='Automatic goes on to the next provider when one refuses.',
            id='provider',
        )
        yield Field(
            'Count',
            Entry(suggestions=('1', '2', '4', '8'), value='1'),
            help='How many to make.',
            id='count',
        )
        yield Field('Seed', Entry(placeholder='random'), help='The first seed, counting up from there.', id='seed')
        for name in PARAMETERS:
            if name != 'negative_prompt':
                yield self._field(name)
        yield Field(
            'Extra JSON',
            Entry(placeholder='none'),
            help='Sent as it stands, such as {"name": "value"}.',
            id='extra',
            classes='-wide',
        )

    def _field(self, name: str) -> Field:
        parameter: Parameter = PARAMETERS[name]
        label = f'{parameter.label} ({parameter.unit})' if parameter.unit else parameter.label
        placeholder = 'none' if name == 'negative_prompt' else 'default'
        entry = Entry(placeholder=placeholder, suggestions=parameter.suggestions)
        return Field(label, entry, help=parameter.help, id=name, classes='-wide' if name in _WIDE else None)

    # ------------------------------------------------------------------------------------------ attributes down

    def watch_takes(self, takes: frozenset[str]) -> None:
        for name in PARAMETERS:
            self.query_one(f'#{name}', Field).display = name in takes
        self.query_one('#aspect_ratio', Field).display = {'width', 'height'} <= takes

    def watch_providers(self, providers: Sequence[str]) -> None:
        select = self._select('provider')
        chosen = select.value
        with self.prevent(Select.Changed):
            select.set_options([(provider, provider) for provider in providers])
            if chosen in providers:
                select.value = chosen

    # ------------------------------------------------------------------------------------------ reading and filling

    @property
    def provider(self) -> str | None:
        """The provider chosen, or None while that is left to the program."""
        value = self._select('provider').value
        return value if isinstance(value, str) else None

    @property
    def count(self) -> int | None:
        """Generations asked for, or None while that is not a number."""
        text = self._entry('count').value.strip() or '1'
        return int(text) if text.isdecimal() and len(text) < 4 and 1 <= int(text) <= MAXIMUM_COUNT else None

    def read(self) -> Entries | None:
        """Read the form; None, with the errors shown and the first one focused, when a value is wrong."""
        fields = list(self.query(Field))
        for shown in fields:
            shown.error = ''
        parameters = {name: self._checked(name) for name in PARAMETERS if name in self.takes and self._text(name)}
        ratio = self._select('aspect_ratio').value
        entries = Entries(
            parameters=parameters,
            aspect_ratio=ratio if isinstance(ratio, str) and {'width', 'height'} <= self.takes else None,
            provider=self.provider,
            extra=self._extra(),
            count=self._count(),
            seed=self._seed(),
        )
        wrong = next((shown for shown in fields if shown.error), None)
        if wrong is not None:
            wrong.control.focus()
            return None
        return entries

    def fill(self, order: Order, *, count: int | None = None, seed: int | None = None) -> None:
        """Write an earlier order's parameters into the fields; what it left out is left empty."""
        given = dict(order.parameters)
        sizes = {size: ratio for ratio, size in ASPECT_RATIOS.items()}
        ratio = sizes.get((given.get('width', 0), given.get('height', 0)))
        if ratio:
            del given['width'], given['height']
        self._select('aspect_ratio').value = ratio or Select.NULL
        for name in PARAMETERS:
            value = given.get(name)
            self._entry(name).value = '' if value is None else f'{value}'
        provider = self._select('provider')
        provider.value = order.provider if order.provider in self.providers else Select.NULL
        self._entry('count').value = str(count or order.count)
        self._entry('seed').value = '' if seed is None else str(seed)
        self._entry('extra').value = json.dumps(order.extra, ensure_ascii=False) if order.extra else ''
        for shown in self.query(Field):
            shown.error = ''

    def _entry(self, name: str) -> Entry:
        return self.query_one(f'#{name} Entry', Entry)

    def _select(self, name: str) -> 'Select[str]':
        return self.query_one(f'#{name} Select', Select)

    def _text(self, name: str) -> str:
        return self._entry(name).value.strip()

    def _refuse(self, name: str, sentence: str) -> None:
        self.query_one(f'#{name}', Field).error = sentence

    def _checked(self, name: str) -> Any:
        try:
            return parse(name, self._text(name))
        except UsageError as error:
            self._refuse(name, error.message)
            return None

    def _count(self) -> int:
        if self.count is None:
            self._refuse('count', f'Count must be from 1 to {MAXIMUM_COUNT}.')
        return self.count or 1

    def _seed(self) -> int | None:
        text = self._text('seed')
        if not text:
            return None
        if not text.isdecimal() or len(text) > 18:
            self._refuse('seed', 'Seed must be a whole number, or empty.')
            return None
        return int(text)

    def _extra(self) -> Mapping[str, Any]:
        text = self._text('extra')
        if not text:
            return {}
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            place = f' at character {error.pos + 1}' if isinstance(error, json.JSONDecodeError) else ''
            self._refuse('extra', f'This is no JSON: something is wrong{place}.')
            return {}
        if not isinstance(value, dict):
            self._refuse('extra', 'Extra JSON must be an object, such as {"name": "value"}.')
            return {}
        return value

    # ------------------------------------------------------------------------------------------ messages up

    @on(Input.Changed)
    @on(Select.Changed)
    def _changed(self, event: Input.Changed | Select.Changed) -> None:
        event.stop()
        control = event.control
        if isinstance(control.parent, Field):
            control.parent.error = ''
        self.post_message(self.Changed())

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Submitted())
