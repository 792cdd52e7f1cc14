"""Which key does what: every binding of the program by its id, and the user's own keys in their place.

Textual's `App.set_keymap` is not enough: it looks for a binding after those keys were taken out that the focused widget
types, so a letter that was moved to a function key would not work in a text, and of two bindings of one key it moves
one and loses the other.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from textual.app import App
from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, key_to_character
from textual.screen import ModalScreen, Screen

from hfmedia_tui.domain import clean

__all__ = ['Action', 'Known', 'actions_of', 'bound_keys', 'known_bindings', 'rebind', 'shared', 'troubles']

_MODIFIERS = frozenset({'ctrl', 'alt', 'shift', 'meta', 'super', 'hyper'})
_LONGEST = 40
"""Characters of the name of a key."""
_NAMES = frozenset((*(key.value for key in Keys), *KEY_NAME_REPLACEMENTS.values()))


class Known(NamedTuple):
    """A binding that can be moved."""

    id: str
    usual: tuple[str, ...]
    """Its keys while the user has not chosen others."""
    told: str
    """What it does; empty where that goes without saying."""
    owner: type[DOMNode]

    def keys(self, keymap: Mapping[str, str]) -> tuple[str, ...]:
        """Its keys now."""
        return _keys(keymap.get(self.id, '')) or self.usual


class Action(NamedTuple):
    """Something that a kind of node does on a key."""

    binding: Binding
    keys: tuple[str, ...]
    """The keys that do it now."""


def known_bindings() -> Mapping[str, Known]:
    """Every binding with an id, of all that is imported."""
    return _known(tuple(_classes()))


@cache
def _known(classes: tuple[type[DOMNode], ...]) -> Mapping[str, Known]:
    known = dict[str, Known]()
    for owner in classes:
        for binding in owner.__dict__.get('BINDINGS', ()):
            if isinstance(binding, Binding) and binding.id:
                told = binding.tooltip or binding.description
                known[binding.id] = Known(binding.id, _keys(binding.key), told, owner)
    return known


def bound_keys(binding_id: str, known: Mapping[str, Known] | None = None) -> tuple[str, ...]:
    """The keys that a binding answers to now, as far as `rebind` was told of others. Raises KeyError.

    It is looked for in what is `known`, or else in all.
    """
    bindings = (known or known_bindings())[binding_id].owner._merged_bindings
    assert bindings is not None  # every class has its own, from its making on
    return tuple(key for key, binding in bindings if binding.id == binding_id)


def actions_of(owner: type[DOMNode]) -> list[Action]:
    """What has an id among the bindings that a class has or inherits, with the keys that `rebind` gave it."""
    found = dict[str, Action]()
    for key, binding in owner._merged_bindings or ():
        if binding.id:
            keys = found[binding.id].keys if binding.id in found else ()
            found[binding.id] = Action(binding, (*keys, key))
    return list(found.values())


def rebind(keymap: Mapping[str, str], nodes: Iterable[DOMNode] = ()) -> None:
    """Have the bindings that `keymap` names answer to its keys: in `nodes`, and in all that is made from now on.

    What is no binding, and what has no key, is left as usual.
    """
    known = known_bindings() if keymap else {}
    own = {name: known[name].keys(keymap) for name in keymap.keys() & known.keys()}
    before = dict[type[DOMNode], BindingsMap | None]()
    for owner in _classes():
        before[owner] = owner._merged_bindings
        owner._merged_bindings = _rebound(owner._merge_bindings(), own)
    for node in nodes:
        owner = type(node)
        if (now := owner._merged_bindings) is not None and (was := before.get(owner)) is not None:
            added = [binding for key, binding in node._bindings if binding not in was.key_to_bindings.get(key, ())]
            node._bindings = BindingsMap.merge([now, BindingsMap(added)])


def _rebound(bindings: BindingsMap, own: Mapping[str, tuple[str, ...]]) -> BindingsMap:
    moved = {binding.id: binding for _, binding in bindings if binding.id in own}
    if not moved:
        return bindings
    first = [
        replace(binding, key=key, key_display=None) for name, binding in moved.items() if name for key in own[name]
    ]
    rest = [binding for _, binding in bindings if binding.id not in own]
    return BindingsMap([*first, *rest])


def troubles(keymap: Mapping[str, str]) -> list[str]:
    """What of `keymap` does nothing, and which of its keys do two things, in sentences."""
    known = known_bindings()
    told = [f'{clean(name, 60)} is no binding.' for name in keymap.keys() - known.keys()]
    for name in keymap.keys() & known.keys():
        keys = _keys(keymap[name])
        told += [f'{name}: {clean(key, 40)!r} is no key.' for key in keys if not _is_key(key)]
        if not keys:
            told.append(f'{name} has no key, and stays as usual.')
        told += [
            f'{name} and {other.id} share {key}.'
            for other, key in shared(name, keymap)
            if other.id > name or other.id not in keymap
        ]
    return sorted(told)


def shared(name: str, keymap: Mapping[str, str]) -> list[tuple[Known, str]]:
    """Other bindings that answer where this one does to one of its keys, and usually do not."""
    known = known_bindings()
    one = known[name]
    return [
        (other, key)
        for other in known.values()
        if other.id != name and _meet(one.owner, other.owner)
        for key in one.keys(keymap)
        if key in other.keys(keymap) and not (key in one.usual and key in other.usual)
    ]


def _meet(one: type[DOMNode], other: type[DOMNode]) -> bool:
    """Whether the bindings of both may be heard at the same time, as far as their kinds tell."""
    if issubclass(one, other) or issubclass(other, one):
        return True
    if issubclass(one, ModalScreen) or issubclass(other, ModalScreen):
        return False
    kinds = [issubclass(owner, App) + 2 * issubclass(owner, Screen) for owner in (one, other)]
    return kinds[0] != kinds[1]


def _keys(text: str) -> tuple[str, ...]:
    """Names of keys between commas, as Textual names them."""
    written = ','.join(key for key in (clean(part, _LONGEST) for part in text.split(',')) if key)
    return tuple(binding.key for binding in Binding.make_bindings([Binding(written, '')])) if written else ()


def _is_key(name: str) -> bool:
    *modifiers, key = name.split('+')
    return _MODIFIERS.issuperset(modifiers) and (key in _NAMES or name in _NAMES or bool(key_to_character(key)))


def _classes() -> Iterator[type[DOMNode]]:
    """Every class of ours that may have bindings."""
    waiting = [DOMNode]
    seen = set[type[DOMNode]]()
    while waiting:
        owner = waiting.pop()
        if owner not in seen:
            seen.add(owner)
            waiting += owner.__subclasses__()
            if owner.__module__.startswith(__name__.partition('.')[0]):
                yield owner
