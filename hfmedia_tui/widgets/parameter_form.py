"""The form below the prompt, made from the declarations of the parameters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Select

from hfmedia_tui.domain import Order
from hfmedia_tui.errors import UsageError
from hfmedia_tui.parameters import ASPECT_RATIOS, PARAMETERS, Parameter, parse, parse_extra, sized
from hfmedia_tui.widgets.field import Entry, Field
from hfmedia_tui.widgets.plain import json_text

__all__ = ['MAXIMUM_COUNT', 'Entries', 'ParameterForm']

MAXIMUM_COUNT: Final = 100
"""Generations that one ask may be for."""

_WIDE: Final = ('negative_prompt', 'extra')
"""Fields that take the whole width of the form."""
_SIDES: Final = frozenset({'width', 'height'})

Value = TypeVar('Value')


@dataclass(frozen=True)
class Entries:
    """What the form says, read and checked."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
    aspect_ratio: str | None = None
    provider: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    count: int = 1
    seed: int | None = None

    @property
    def sized(self) -> Mapping[str, Any]:
        """The parameters as they are sent: with the sides that the aspect ratio stands for."""
        return sized(self.parameters, self.aspect_ratio)


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
    first: reactive[str] = reactive('')
    """The provider that is asked first where none is chosen."""
    cautions: reactive[Mapping[str, str]] = reactive({})
    """What is worth knowing of the values, by the parameters' names, `seed` included."""

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
            help='Left to the program, it goes on to the next when one refuses.',
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
            self._field_of(name).display = name in takes
        self._field_of('aspect_ratio').display = takes >= _SIDES or self._ratio is not None

    def watch_first(self, first: str) -> None:
        self._select('provider').prompt = f'auto: {first}' if first else 'automatic'

    def watch_cautions(self, cautions: Mapping[str, str]) -> None:
        told: dict[str, list[str]] = {}
        for name, sentence in cautions.items():
            beside = 'aspect_ratio' if name in _SIDES and self._ratio and not self._text(name) else name
            told.setdefault(beside, []).append(sentence)
        for shown in self.query(Field):
            shown.caution = ' '.join(told.get(shown.id or '', ()))

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

    @property
    def kept(self) -> frozenset[str]:
        """Names of the parameters that have a value, or the cursor: they stay in sight whoever takes them."""
        return frozenset(name for name in PARAMETERS if self._text(name) or self._entry(name).has_focus)

    @property
    def valid(self) -> Entries:
        """What the form says as far as it can be read."""
        return self._read()[0]

    def read(self) -> Entries | None:
        """Read the form; None, with the errors shown and the first one focused, when a value is wrong."""
        entries, errors = self._read()
        wrong = None
        for shown in self.query(Field):
            shown.error = errors.get(shown.id or '', '')
            wrong = wrong or (shown if shown.error else None)
        if wrong is not None:
            wrong.control.focus()
            return None
        return entries

    def _read(self) -> tuple[Entries, Mapping[str, str]]:
        """What can be read, and what is wrong with the rest, by the fields' names."""
        errors: dict[str, str] = {}

        def attempt(name: str, read: Callable[[], Value], otherwise: Value) -> Value:
            try:
                return read()
            except UsageError as error:
                errors[name] = error.message
                return otherwise

        values = {
            name: attempt(name, partial(parse, name, self._text(name)), None)
            for name in PARAMETERS
            if name in self.takes and self._text(name)
        }
        entries = Entries(
            parameters={name: value for name, value in values.items() if value is not None},
            aspect_ratio=self._ratio,
            provider=self.provider,
            extra=attempt('extra', self._extra, {}),
            count=attempt('count', self._count, 1),
            seed=attempt('seed', self._seed, None),
        )
        return entries, errors

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
        self._entry('extra').value = json_text(order.extra) if order.extra else ''
        for shown in self.query(Field):
            shown.error = ''

    def _field_of(self, name: str) -> Field:
        return self.query_one(f'#{name}', Field)

    def _entry(self, name: str) -> Entry:
        return self.query_one(f'#{name} Entry', Entry)

    def _select(self, name: str) -> 'Select[str]':
        return self.query_one(f'#{name} Select', Select)

    def _text(self, name: str) -> str:
        return self._entry(name).value.strip()

    @property
    def _ratio(self) -> str | None:
        value = self._select('aspect_ratio').value
        return value if isinstance(value, str) else None

    def _count(self) -> int:
        if self.count is None:
            raise UsageError(f'Count must be from 1 to {MAXIMUM_COUNT}.')
        return self.count

    def _seed(self) -> int | None:
        text = self._text('seed')
        if not text:
            return None
        if not text.isdecimal() or len(text) > 18:
            raise UsageError('Seed must be a whole number, or empty.')
        return int(text)

    def _extra(self) -> Mapping[str, Any]:
        text = self._text('extra')
        return parse_extra(text) if text else {}

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
