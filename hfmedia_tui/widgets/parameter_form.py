"""The form below the prompt, made from the declarations of the parameters."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from hfmedia_tui.composition import Entries
from hfmedia_tui.errors import UsageError
from hfmedia_tui.parameters import ASPECT_RATIOS, PARAMETERS, Kind, Parameter, parse, parse_extra
from hfmedia_tui.widgets.chooser import Chooser, Option
from hfmedia_tui.widgets.field import Entry, Field
from hfmedia_tui.widgets.plain import json_text

__all__ = ['MAXIMUM_COUNT', 'ParameterForm']

MAXIMUM_COUNT: Final = 100
"""Generations that one ask may be for."""

_WIDE: Final = ('negative_prompt',)
"""Fields that take the whole width of the form."""
_SIDES: Final = frozenset({'width', 'height'})

_LONGEST_SEED: Final = 20
"""Digits: some tools draw seeds of 64 bits."""
_EVERY: Final = '*'
"""The value that stands for every provider: no provider has such a name."""

Value = TypeVar('Value')


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
    has_alternatives: reactive[bool] = reactive(False)
    """Whether the prompt stands for several."""
    payer: reactive[str] = reactive('')
    """The organisation that pays where the form names none; empty for the user."""
    cautions: reactive[Mapping[str, str]] = reactive({})
    """What is worth knowing of the values, by the parameters' names, `seed` included."""

    class Changed(Message):
        """A value was changed."""

    class Submitted(Message):
        """The user pressed Enter in a field."""

    def compose(self) -> ComposeResult:
        yield self._field('negative_prompt')
        ratios = [Option(ratio, ratio, f'{width}×{height} px') for ratio, (width, height) in ASPECT_RATIOS.items()]
        yield Field(
            'Aspect ratio',
            Chooser([Option('', 'default'), *ratios]),
            help='Width to height of the result.',
            id='aspect_ratio',
        )
        yield Field(
            'Provider',
            Chooser([Option('', 'automatic')]),
            help='Left to the program, it goes on to the next when one refuses.',
            id='provider',
        )
        yield Field(
            'Alternatives',
            Chooser([Option('', 'all of them'), Option('draw', 'drawn at random')]),
            help='Make every combination, or draw as many prompts as Count says.',
            id='alternatives',
        )
        yield Field(
            'Count',
            Entry(suggestions=('1', '2', '4', '8'), value='1', number=True),
            help='How many to make.',
            id='count',
        )
        yield Field(
            'Seed',
            Entry(placeholder='random', number=True),
            help='The first seed; every combination begins with it.',
            id='seed',
        )
        yield Field(
            'Next seeds',
            Chooser([Option('', 'counting up'), Option('same', 'all the same')]),
            help='What follows the first seed when Count is more than 1.',
            id='next_seeds',
        )
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
        yield Field(
            'Bill to',
            Entry(placeholder='yourself'),
            help='The organisation that pays.',
            id='bill_to',
            classes='-wide',
        )

    def _field(self, name: str) -> Field:
        parameter: Parameter = PARAMETERS[name]
        label = f'{parameter.label} ({parameter.unit})' if parameter.unit else parameter.label
        placeholder = 'none' if name == 'negative_prompt' else 'default'
        number = parameter.kind is not Kind.TEXT
        entry = Entry(placeholder=placeholder, suggestions=parameter.suggestions, number=number)
        return Field(label, entry, help=parameter.help, id=name, classes='-wide' if name in _WIDE else None)

    # ------------------------------------------------------------------------------------------ attributes down

    def on_mount(self) -> None:
        self._show_what_matters()

    def watch_takes(self, takes: frozenset[str]) -> None:
        for name in PARAMETERS:
            self._field_of(name).display = name in takes
        self._show_what_matters()

    def watch_has_alternatives(self) -> None:
        self._show_what_matters()

    def _show_what_matters(self) -> None:
        """Show the fields that ask for something only together with others."""
        self._field_of('aspect_ratio').display = self.takes >= _SIDES or self._ratio is not None
        self._field_of('alternatives').display = self.has_alternatives
        self._field_of('next_seeds').display = bool(self._text('seed'))
        self._field_of('bill_to').display = (
            bool(self.payer or self._text('bill_to')) or self._entry('bill_to').has_focus
        )

    def watch_payer(self, payer: str) -> None:
        self._entry('bill_to').placeholder = payer or 'yourself'
        self._show_what_matters()

    def watch_first(self) -> None:
        self._offer_providers()

    def watch_providers(self) -> None:
        self._offer_providers()

    def _offer_providers(self, *, every: bool = False) -> None:
        """Offer each provider where there are several, where it is chosen, and where `every` says so."""
        chooser = self._chooser('provider')
        every = every or len(self.providers) > 1 or chooser.value == _EVERY
        usual = Option('', f'auto: {self.first}' if self.first else 'automatic', 'the next one where one refuses')
        several = [Option(_EVERY, 'each provider', 'to compare them')] if every else []
        chooser.options = (usual, *several, *(Option(name, name) for name in self.providers))

    def watch_cautions(self, cautions: Mapping[str, str]) -> None:
        told: dict[str, list[str]] = {}
        for name, sentence in cautions.items():
            beside = 'aspect_ratio' if name in _SIDES and self._ratio and not self._text(name) else name
            told.setdefault(beside, []).append(sentence)
        for shown in self.query(Field):
            shown.caution = ' '.join(told.get(shown.id or '', ()))

    # ------------------------------------------------------------------------------------------ reading and filling

    @property
    def provider(self) -> str | None:
        """The provider chosen, or None while that is left to the program."""
        value = self._chooser('provider').value
        return value if value and value != _EVERY else None

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
            every_provider=self._chooser('provider').value == _EVERY,
            extra=attempt('extra', self._extra, {}),
            count=attempt('count', self._count, 1),
            seed=attempt('seed', self._seed, None),
            same_seed=bool(self._chooser('next_seeds').value),
            drawn=bool(self._chooser('alternatives').value),
            bill_to=self._text('bill_to') or None,
        )
        return entries, errors

    def fill(self, entries: Entries) -> None:
        """Write what was asked for before into the fields; what it left out is left empty."""
        given = dict(entries.parameters)
        sizes = {size: ratio for ratio, size in ASPECT_RATIOS.items()}
        ratio = entries.aspect_ratio or sizes.get((given.get('width', 0), given.get('height', 0)))
        if ratio and not entries.aspect_ratio:
            del given['width'], given['height']
        for name in PARAMETERS:
            value = given.get(name)
            self._entry(name).value = '' if value is None else f'{value}'
        self._chooser('aspect_ratio').value = ratio or ''
        self._offer_providers(every=entries.every_provider)
        self._chooser('provider').value = _EVERY if entries.every_provider else entries.provider or ''
        self._chooser('alternatives').value = 'draw' if entries.drawn else ''
        self._chooser('next_seeds').value = 'same' if entries.same_seed else ''
        self._entry('count').value = str(entries.count)
        self._entry('seed').value = '' if entries.seed is None else str(entries.seed)
        self._entry('extra').value = json_text(entries.extra) if entries.extra else ''
        self._entry('bill_to').value = entries.bill_to or ''
        for shown in self.query(Field):
            shown.error = ''

    def _field_of(self, name: str) -> Field:
        return self.query_one(f'#{name}', Field)

    def _entry(self, name: str) -> Entry:
        return self.query_one(f'#{name} Entry', Entry)

    def _chooser(self, name: str) -> Chooser:
        return self.query_one(f'#{name} Chooser', Chooser)

    def _text(self, name: str) -> str:
        return self._entry(name).value.strip()

    @property
    def _ratio(self) -> str | None:
        return self._chooser('aspect_ratio').value or None

    def _count(self) -> int:
        if self.count is None:
            raise UsageError(f'Count must be from 1 to {MAXIMUM_COUNT}.')
        return self.count

    def _seed(self) -> int | None:
        text = self._text('seed')
        if not text:
            return None
        if not text.isdecimal() or len(text) > _LONGEST_SEED:
            raise UsageError('Seed must be a whole number, or empty.')
        return int(text)

    def _extra(self) -> Mapping[str, Any]:
        text = self._text('extra')
        return parse_extra(text) if text else {}

    # ------------------------------------------------------------------------------------------ messages up

    @on(Input.Changed)
    @on(Chooser.Changed)
    def _changed(self, event: Input.Changed | Chooser.Changed) -> None:
        event.stop()
        control = event.control
        if isinstance(control.parent, Field):
            control.parent.error = ''
        self._show_what_matters()
        self.post_message(self.Changed())

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Submitted())
