"""What can be done in every place, read from its bindings; and doing it, from wherever one is."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from textual.actions import parse
from textual.dom import DOMNode
from textual.screen import Screen
from textual.signal import Signal
from textual.widget import Widget

from hfmedia_tui.screens.place import Place
from hfmedia_tui.widgets.command_list import Command
from hfmedia_tui.widgets.keymap import Action, actions_of
from hfmedia_tui.widgets.keys import key_name
from hfmedia_tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from hfmedia_tui.app import HFMediaApp

__all__ = ['Deed', 'actions_by_place', 'every_command', 'tell_why_not']

_MOST_KEYS: Final = 2
"""Keys told for one action."""
_MOVING: Final = frozenset(
    ('up', 'down', 'left', 'right', 'home', 'end', 'pageup', 'pagedown', 'enter', 'escape', 'tab', 'shift+tab')
)
"""Keys that are pressed at an end as well, and then do nothing, as everywhere."""
_PATIENCE: Final = 1.5
"""Seconds that a place which was just opened has to find what is highlighted in it."""


class Deed(NamedTuple):
    """An action of a place, or of a widget in it."""

    place: type[Place]
    owner: type[DOMNode]
    action: Action

    @property
    def id(self) -> str:
        return self.action.binding.id or ''

    @property
    def name(self) -> str:
        return self.action.binding.description or self.action.binding.tooltip

    @property
    def told(self) -> str:
        """What it does; empty where that goes without saying."""
        return self.action.binding.tooltip or self.action.binding.description

    @property
    def asked(self) -> tuple[str, tuple[object, ...]]:
        """The action's name and its parameters."""
        _, name, parameters = parse(self.action.binding.action)
        return name, parameters


def _every_place() -> list[type[Place]]:
    """Every kind of place that is imported, in the order in which they are told of."""
    names = (*TopBar.PLACES, 'viewer', 'compare')
    found, waiting = set[type[Place]](), [Place]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if 'NAME' in kind.__dict__ and kind.__module__.startswith(__package__):
            found.add(kind)
    # What opens over a place comes after it.
    return sorted(found, key=lambda kind: (names.index(_ground(kind)), names.index(kind.NAME)))


def every_command(house: 'HFMediaApp', here: Screen[object]) -> Iterator[Command]:
    """Yield what can be done where the user is, everywhere, and in the other places.

    A binding that is worth a command says what it does in its tooltip; the others, such as moving a cursor, do not.
    """
    if not isinstance(here, Place):
        for action in _told(type(here)):
            yield _command(Deed(Place, type(here), action), '', house, here)
    for place, deeds in actions_by_place(here).items():
        near = isinstance(here, place)
        opened = here if near else next((one for one in house.places if isinstance(one, place)), None)
        if near or house.is_entered:
            for deed in deeds:
                if deed.action.binding.tooltip:
                    yield _command_of(deed, house, opened if isinstance(opened, Place) else None, near=near)
    for action in _told(type(house)):
        if house.check_action(*Deed(Place, type(house), action).asked):
            yield _command(Deed(Place, type(house), action), 'Everywhere', house, house)
    for title, told, run, _ in house.get_system_commands(here):
        yield Command(f'system.{title}', title, told, 'Everywhere', (), run)


def actions_by_place(here: Screen[object]) -> dict[type[Place], list[Deed]]:
    """What can be done in each place, the one where the user is first.

    What lies over a place does to the same result what the place does: that comes once.
    """
    found = dict[type[Place], list[Deed]]()
    seen = defaultdict[str, set[str]](set)
    for place in sorted(_every_place(), key=lambda kind: not isinstance(here, kind)):
        known = seen[_ground(place)]
        found[place] = [deed for deed in _deeds(place) if deed.id not in known]
        known.update(deed.id for deed in found[place])
    return found


def _ground(place: type[Place]) -> str:
    """The name of the place that one lies over, or its own."""
    return place.OPENED_BY[0] if place.OPENED_BY is not None else place.NAME


def _told(owner: type[DOMNode]) -> list[Action]:
    return [action for action in actions_of(owner) if action.binding.tooltip]


def _deeds(place: type[Place]) -> Iterator[Deed]:
    """Yield what can be done in a place; what is told alike of it and of a widget in it is one thing."""
    told = set[str]()
    for owner in (place, *place.HOLDS):
        # What is its own comes before what places share.
        for action in sorted(actions_of(owner), key=lambda one: place.NAME not in (one.binding.id or '')):
            deed = Deed(place, owner, action)
            if deed.told and deed.told not in told:
                told.add(deed.told)
                yield deed


def tell_why_not(key: str, place: Place) -> None:
    """Say why a key does nothing in a place now, where at other times it does something there."""
    if key in _MOVING:
        return
    for deed in _deeds(type(place)):
        if key in deed.action.keys and (why_not := _why_not(deed, place)):
            _refuse(deed, why_not, place.house)
            return


def _command(deed: Deed, where: str, house: 'HFMediaApp', node: DOMNode) -> Command:
    keys = tuple(map(key_name, deed.action.keys[:_MOST_KEYS]))
    run = partial(house.run_action, deed.action.binding.action, node)
    return Command(deed.id, deed.name, deed.action.binding.tooltip, where, keys, run)


def _command_of(deed: Deed, house: 'HFMediaApp', opened: Place | None, *, near: bool) -> Command:
    keys = tuple(map(key_name, deed.action.keys[:_MOST_KEYS]))
    why_not = _why_not(deed, opened) if opened is not None else ''
    return Command(
        f'{deed.place.NAME} {deed.id}',
        deed.name,
        deed.action.binding.tooltip,
        deed.place.NAME.capitalize(),
        keys,
        partial(_refuse, deed, why_not, house) if why_not else partial(_begin, deed, house),
        why_not,
        near,
    )


def _begin(deed: Deed, house: 'HFMediaApp') -> None:
    house.run_worker(_do(deed, house), name='deed', group='deed', exclusive=True, exit_on_error=False)


async def _do(deed: Deed, house: 'HFMediaApp') -> None:
    """Go to the place of a deed, and do it there; say why, where it cannot be done."""
    place = await _enter(deed.place, house)
    if place is None:
        return
    if place.is_fresh:
        await _until(lambda: not _why_not(deed, place), place.bindings_updated_signal, house)
    if why_not := _why_not(deed, place):
        _refuse(deed, why_not, house)
        return
    place.make_ready(*deed.asked)
    node = _node(deed, place)
    if isinstance(node, Widget) and node is not place:
        place.set_focus(node)
    await house.run_action(deed.action.binding.action, node)


def _refuse(deed: Deed, why_not: str, house: 'HFMediaApp') -> None:
    title = f'{deed.name}: not now'
    if not any((told.title, told.message) == (title, why_not) for told in house._notifications):
        house.notify(why_not, title=title, severity='warning', timeout=4, markup=False)


def _node(deed: Deed, place: Place) -> DOMNode:
    """Who does a deed: the place, or the widget in it that is meant."""
    if deed.owner is deed.place:
        return place
    held = [widget for widget in place.query() if isinstance(widget, deed.owner)]
    return next((widget for widget in held if widget is place.focused), held[0] if held else place)


def _why_not(deed: Deed, place: Place) -> str:
    node = _node(deed, place)
    if node is not place and not (isinstance(node, Widget) and node.focusable):
        return place.NOTHING
    return place.why_not(*deed.asked)


async def _enter(kind: type[Place], house: 'HFMediaApp') -> Place | None:
    """Go to a place, and return it; where that cannot be it says why, and there is None."""
    if isinstance(house.screen, kind):
        return house.screen
    if kind.OPENED_BY is None:
        await house.action_place(kind.NAME)
        await house.uncover()
        if isinstance(house.screen, kind):
            return house.screen
        house.notify('Answer what is asked there first.', title=f'{kind.NAME.capitalize()}: not now', markup=False)
        return None
    ground, action_id = kind.OPENED_BY
    below = next(place for place in _every_place() if ground == place.NAME)
    opening = next(deed for deed in _deeds(below) if deed.id == action_id)
    await _do(opening, house)
    await _until(lambda: isinstance(house.screen, kind), house.screen_change_signal, house)
    return house.screen if isinstance(house.screen, kind) else None


async def _until(holds: Callable[[], bool], signal: Signal[Screen[object]], house: 'HFMediaApp') -> None:
    """Wait until something holds that `signal` may tell of, but not for long; the app hears it for no other reason."""
    heard = asyncio.Event()
    signal.subscribe(house, lambda _: heard.set(), immediate=True)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                while not holds():
                    await heard.wait()
                    heard.clear()
    finally:
        signal.unsubscribe(house)
