"""The user's own keys at providers: which there can be, and where each is found."""

from collections.abc import Mapping

from hfmedia_tui.domain import Access, clean
from hfmedia_tui.errors import UsageError
from hfmedia_tui.providers import MACHINES
from hfmedia_tui.settings import Settings

__all__ = ['key_variables', 'own_keys']


def key_variables() -> Mapping[str, tuple[str, ...]]:
    """Providers that take a key of the user's own, each with the environment variables that may hold it."""
    doors = {name: machine.DOORS.get(Access.OWN_KEY) for name, machine in MACHINES.items()}
    return {name: door.variables for name, door in doors.items() if door is not None}


def own_keys(environment: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """The user's own keys at providers, by the variables that hold them or would.

    Raises UsageError where the settings name a provider that takes none.
    """
    providers = key_variables()
    for name in settings.keys.keys() - providers.keys():
        raise UsageError(
            f'The settings hold a key for {clean(name, 40)!r}, and that is no provider that takes one.',
            f'These do: {", ".join(sorted(providers))}.',
        )
    keys = dict[str, str]()
    for provider, variables in providers.items():
        named = {name: key for name in variables if (key := environment.get(name, '').strip())}
        keys |= named or {variables[0]: settings.keys.get(provider, '').strip()}
    return {name: key for name, key in keys.items() if key}
