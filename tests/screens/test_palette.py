"""The palette: every action of every place, found from anywhere, and done where it belongs."""

from collections.abc import Callable

import pytest
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widgets import Input

from hfmedia_tui.screens.compare import CompareScreen
from hfmedia_tui.screens.palette import Palette, worth_of
from hfmedia_tui.screens.viewer import ViewerScreen
from hfmedia_tui.widgets.command_list import Command, CommandList
from hfmedia_tui.widgets.film import FilmPlayer
from hfmedia_tui.widgets.keymap import known_bindings
from tests.screens.conftest import Start
from tests.screens.studio import Studio

FLUX = 'black-forest-labs/FLUX.1-schnell'


async def found(studio: Studio, words: str = '') -> list[Command]:
    """Open the palette, type, and return what it offers."""
    await studio.press('ctrl+p')
    palette = studio.app.screen
    assert isinstance(palette, Palette)
    rows = palette.query_one(CommandList)
    await studio.until(lambda: rows.rows)
    palette.query_one(Input).value = words
    await studio.pilot.pause()
    await studio.until(lambda: palette._searching is not None and palette._searching.is_finished)
    return list(rows.rows)


async def choose(studio: Studio, words: str, *, name: str, where: str) -> None:
    """Do what the palette finds by words, which must be what is meant."""
    first = (await found(studio, words))[0]
    assert (first.name, first.where) == (name, where)
    await studio.press('enter')
    await studio.until(lambda: not isinstance(studio.app.screen, Palette))


def is_of_a_place(owner: type[DOMNode]) -> bool:
    return not issubclass(owner, ModalScreen) and owner.__name__ != 'WelcomeScreen'


async def test_every_action_of_every_place_is_found_from_each(start: Start) -> None:
    async with start() as studio:
        for place in ('compose', 'settings'):
            await studio.app.action_place(place)
            commands = await found(studio)
            told = {command.told for command in commands}
            wanted = {one.id: one.told for one in known_bindings().values() if is_of_a_place(one.owner) and one.told}
            untold = {name for name, telling in wanted.items() if telling not in told}
            # What these do goes without saying: they leave, or move a cursor.
            usual = ('.leave', '.list', '.grid', 'chooser.', 'entry.', 'grid.', 'list.', 'reading.', 'look.')
            assert not {name for name in untold if not any(part in name for part in usual)}
            assert len({command.id for command in commands}) == len(commands)
            assert all(command.name and command.where for command in commands)
            await studio.press('escape')


async def test_what_is_offered_says_its_place_and_its_key(start: Start) -> None:
    """You should see the name, the place, the key and what it does in one line."""
    async with start((80, 24)) as studio:
        await found(studio, 'pause all')
        assert any(
            line.split()[1:5] == ['▌Pause', 'all', 'Jobs', 'P'] and 'Start nothing new' in line
            for line in studio.text.splitlines()
        )


async def test_an_action_of_another_place_goes_there_and_is_done_with_what_is_highlighted(start: Start) -> None:
    async with start() as studio:
        await studio.choose(FLUX)
        await studio.generate('a red fox')
        (job,) = await studio.settle()

        await studio.press('f2')
        await choose(studio, 'jobs trash', name='Trash', where='Jobs')
        await studio.until(lambda: studio.app.current_mode == 'jobs')
        await studio.until(lambda: not studio.jobs.jobs.rows)
        assert job.id in {lying.id for lying in await studio.services.ledger.trash.jobs()}

        await choose(studio, 'undo thrown', name='Undo', where='Jobs')
        await studio.until(lambda: studio.jobs.jobs.rows)

        await choose(studio, 'look closer', name='Closer', where='Viewer')
        await studio.until(lambda: isinstance(studio.app.screen, ViewerScreen))
        viewer = studio.app.screen
        assert isinstance(viewer, ViewerScreen)
        await studio.until(lambda: viewer.lens.zoom > 1)

        await choose(studio, 'gallery layout list', name='View', where='Gallery')
        await studio.until(lambda: studio.app.screen is not viewer)
        assert studio.gallery.in_rows

        await choose(studio, 'sort trend', name='Sort', where='Browse')
        await studio.until(lambda: studio.app.current_mode == 'browse')


async def test_what_cannot_be_done_now_says_why_and_goes_nowhere(start: Start) -> None:
    async with start(toasts=True) as studio:
        await studio.press('f4', 'f2')
        (restore, *_) = await found(studio, 'jobs restore')
        assert restore.why_not.startswith('It is for what lies in the trash')
        await studio.until_shown('Not now: It is for what lies in the trash')
        await studio.press('enter')
        await studio.until_shown('Restore: not now')
        assert studio.app.current_mode == 'browse'


async def test_a_place_that_is_opened_by_it_says_what_it_has_nothing_for(start: Start) -> None:
    async with start(toasts=True) as studio:
        await choose(studio, 'jobs cancel', name='Cancel', where='Jobs')
        await studio.until_shown('No job is highlighted.')
        assert studio.app.current_mode == 'jobs'

        await choose(studio, 'flicker', name='Flicker', where='Compare')
        await studio.until_shown('Compare: not now')
        assert not isinstance(studio.app.screen, CompareScreen)


async def test_what_needs_no_text_field_is_done_from_one(start: Start) -> None:
    async with start() as studio:
        await studio.choose(FLUX)
        await studio.generate('a red fox')
        (job,) = await studio.settle()
        studio.compose.prompt.focus()
        await studio.until(lambda: studio.compose.results.meant[0])
        await choose(studio, 'compose trash', name='Trash', where='Compose')
        await studio.until(lambda: job.id not in studio.app.jobs or studio.compose.results.meant[0] is None)
        assert [lying.id for lying in await studio.services.ledger.trash.jobs()] == [job.id]


async def test_enter_waits_for_what_the_last_letters_find(start: Start) -> None:
    async with start() as studio:
        await studio.until(lambda: studio.browse.models.rows)
        await studio.pilot.press('ctrl+p', *'gojobs', 'backspace', *'s', 'enter')
        await studio.until(lambda: not isinstance(studio.app.screen, Palette))
        await studio.until(lambda: studio.app.current_mode == 'jobs')


async def test_before_there_is_a_place_to_go_to_none_is_offered(start: Start) -> None:
    async with start((80, 24), token_found=False, wait=False) as studio:
        commands = await found(studio)
        assert {'Try the sandbox', 'Leave the program', 'Theme'} <= {command.name for command in commands} | {
            command.told for command in commands
        }
        assert not {command.where for command in commands} - {'', 'Everywhere'}
        assert not [command for command in commands if command.id in ('app.jobs', 'app.browse')]


async def test_a_kept_filter_is_offered_where_there_is_one(start: Start) -> None:
    async with start() as studio:
        await studio.press('f4')
        await studio.app.change_setting('views.jobs', '3', 'state:failed')
        await choose(studio, 'filter 3 jobs', name='Filter 3', where='Jobs')
        await studio.until(lambda: studio.jobs.field.value == 'state:failed')
        (fourth, *_) = await found(studio, 'filter 4 jobs')
        assert fourth.why_not == 'No filter is kept on 4.'


async def test_a_film_in_another_place_is_gone_to_its_start(start: Start) -> None:
    async with start() as studio:
        await studio.choose('Wan-AI/Wan2.2-T2V-A14B')
        await studio.generate('a red fox')
        await studio.settle()
        await studio.press('f2')
        await choose(studio, 'jobs stop film', name='Stop', where='Jobs')
        await studio.until(lambda: studio.app.current_mode == 'jobs')
        await studio.until(lambda: isinstance(studio.app.screen.focused, FilmPlayer))


def command(name: str, told: str = '', where: str = 'Jobs', keys: tuple[str, ...] = (), why_not: str = '') -> Command:
    return Command(name, name, told, where, keys, lambda: None, why_not)


@pytest.mark.parametrize(
    ('words', 'better', 'worse'),
    [
        ('retry', command('Retry'), command('Restore', 'Retry what was restored')),
        ('rtry', command('Retry'), command('Cancel', 'Cancel the job')),
        ('paues', command('Pause', 'Have the job wait'), command('Copy', 'Copy a path')),
        ('jobs copy', command('Copy'), command('Copy', where='Gallery')),
        ('f4', command('Jobs', keys=('F4',)), command('Browse', keys=('F2',))),
        ('go to the jobs', command('Jobs', 'Go to the jobs'), command('Job list', 'Go to the list of the jobs')),
        ('trash', command('Trash'), command('Trash', why_not='No job is highlighted.')),
    ],
)
def test_what_is_meant_comes_first(words: str, better: Command, worse: Command) -> None:
    worth: Callable[[Command], float] = lambda one: worth_of(one, words.split())  # noqa: E731
    assert worth(better) > worth(worse)


def test_words_that_are_nowhere_find_nothing() -> None:
    assert worth_of(command('Retry', 'Try the job again'), ['retry', 'zebra']) == 0
    assert worth_of(command('Sort', 'Sort by trend, by likes'), ['resto']) == 0
    assert worth_of(command('Compare', 'Compare the marked results'), ['copy']) == 0
