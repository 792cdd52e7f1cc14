"""Lists that draw what is in sight: the highlight, its keys, and how it follows its row."""

from collections.abc import Iterable

from textual.app import App, ComposeResult
from textual.message import Message
from textual.strip import Strip

from hfmedia_tui.widgets.row_list import Part, RowList, changed_cells
from tests.reading import TORTURE, screen_text


class Names(RowList[str]):
    def key_of(self, row: str) -> str:
        return row

    def draw(self, row: str, width: int) -> Iterable[Part]:
        yield row[:3], 'accent'
        yield row[3:width], ''


class ListApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Names()

    @property
    def names(self) -> Names:
        return self.query_one(Names)


LETTERS = [f'row {number}' for number in range(100)]


async def test_keys_move_the_highlight_and_keep_it_in_sight() -> None:
    app = ListApp()
    async with app.run_test(size=(30, 10)) as pilot:
        app.names.show_rows(LETTERS)
        for keys, expected in (
            (['j', 'down', 'k'], 1),
            (['G'], 99),
            (['down'], 99),
            (['g'], 0),
            (['up'], 0),
            (['pagedown'], 9),
            (['pageup'], 0),
            (['end'], 99),
            (['home'], 0),
        ):
            await pilot.press(*keys)
            await pilot.pause()
            assert app.names.highlighted == expected
            assert f'▌row {expected}' in screen_text(app).replace('  ', ' ')


async def test_the_highlight_follows_its_row() -> None:
    app = ListApp()
    async with app.run_test(size=(30, 10)) as pilot:
        app.names.show_rows(LETTERS)
        app.names.highlight('row 50')
        await pilot.pause()
        app.names.show_rows(reversed(LETTERS))
        await pilot.pause()
        assert app.names.row == 'row 50'
        assert '▌row 50' in screen_text(app)
        app.names.show_rows(['other', 'rows'])
        assert app.names.row == 'other'


async def test_an_empty_list_takes_every_key() -> None:
    app = ListApp()
    async with app.run_test(size=(30, 10)) as pilot:
        app.names.show_rows(LETTERS)
        app.names.show_rows([])
        await pilot.press('j', 'G', 'enter', 'pagedown')
        assert app.names.row is None


async def test_messages_say_what_was_highlighted_and_entered() -> None:
    messages = list[Message]()
    app = ListApp()
    async with app.run_test(size=(30, 10), message_hook=messages.append) as pilot:
        app.names.show_rows(LETTERS)
        await pilot.press('j', 'enter')
        await pilot.click(Names, offset=(3, 4))
        await pilot.click(Names, offset=(3, 4), times=2)
        await pilot.pause()
    ours = [(type(message).__name__, message.row) for message in messages if isinstance(message, RowList.RowMessage)]
    assert list(dict.fromkeys(ours)) == [
        ('Highlighted', 'row 0'),
        ('Highlighted', 'row 1'),
        ('Selected', 'row 1'),
        ('Highlighted', 'row 4'),
        ('Selected', 'row 4'),
    ]


async def test_a_notice_stands_where_rows_would() -> None:
    app = ListApp()
    async with app.run_test(size=(30, 10)) as pilot:
        app.names.notice = 'Nothing here [/]\nPress r'
        await pilot.pause()
        assert 'Nothing here [/]' in screen_text(app)
        app.names.show_rows(LETTERS)
        await pilot.pause()
        assert 'Nothing here' not in screen_text(app)


async def test_hostile_rows_stay_in_their_lines() -> None:
    app = ListApp()
    async with app.run_test(size=(40, 12)) as pilot:
        app.names.show_rows(text.replace('\n', ' ').replace('\r', ' ') for text in TORTURE)
        await pilot.pause()
        assert '[@click=app.bell]here[/]' in screen_text(app)
        for y in range(app.names.size.height):
            assert app.names.render_line(y).cell_length <= 40


async def test_sixteen_colours_show_the_highlight_reversed() -> None:
    app = ListApp()
    async with app.run_test(size=(30, 10)) as pilot:
        app.theme = 'ansi-dark'
        app.names.show_rows(LETTERS)
        app.names.focus()
        await pilot.pause()
        highlighted = {segment.style for segment in list(app.names.render_line(0))[1:]}
        assert [style.reverse for style in highlighted if style] == [True]
        assert not any(segment.style and segment.style.reverse for segment in app.names.render_line(1))


async def test_no_part_of_the_highlight_has_the_colour_of_its_ground() -> None:
    app = ListApp()
    async with app.run_test(size=(30, 10)) as pilot:
        app.names.show_rows(LETTERS)
        app.names.focus()
        for theme in sorted(app.available_themes):
            app.theme = theme
            await pilot.pause()
            styles = [segment.style for segment in list(app.names.render_line(0))[1:] if segment.style]
            assert styles
            assert all(style.reverse or style.color != style.bgcolor for style in styles), theme


def test_only_the_cells_that_look_otherwise_are_drawn_again() -> None:
    before = [('● ', 'good'), ('全角  ', ''), ('   5 s', 'muted'), ('fox', '')]
    for now, cells in (
        (before, range(0)),
        ([*before[:2], ('   6 s', 'muted'), before[3]], range(8, 14)),
        ([('● ', 'bad'), *before[1:]], range(2)),
        ([*before[:3], ('foxes', '')], range(14, 19)),
        ([*before[:2], ('  10 s', 'muted'), ('a', ''), ('fo', '')], range(8, 17)),
    ):
        assert list(changed_cells(before, now)) == list(cells)


async def test_a_replaced_row_is_drawn_as_it_is_now() -> None:
    app = ListApp()
    async with app.run_test(size=(30, 10)) as pilot:
        app.names.show_rows(LETTERS)
        await pilot.pause()
        app.names.replace_row(2, 'another')
        app.names.replace_row(3, 'passing')
        app.names.replace_row(3, 'row 3')
        await pilot.pause()
        assert [line.strip(' ▌') for line in screen_text(app).splitlines()[:4]] == [
            'row 0',
            'row 1',
            'another',
            'row 3',
        ]

        app.names.replace_row(2, 'a row of before')
        app.names.show_rows(['instead', *LETTERS])
        await pilot.pause()
        assert 'a row of before' not in screen_text(app)


async def test_only_the_lines_that_look_otherwise_are_drawn_when_other_rows_are_shown() -> None:
    drawn = list[int]()

    class WatchedNames(Names):
        def render_line(self, y: int) -> Strip:
            drawn.append(y)
            return super().render_line(y)

    class WatchedApp(ListApp):
        def compose(self) -> ComposeResult:
            yield WatchedNames()

    app = WatchedApp()
    async with app.run_test(size=(30, 10)) as pilot:
        for rows, lines in (
            (LETTERS, None),
            ([*LETTERS[:5], 'another', *LETTERS[6:]], {5}),
            (LETTERS[:8], None),  # all lines are wider without a scrollbar
            (['first', *LETTERS[1:8]], {0}),
            (LETTERS[:6], {0, 6, 7}),
            (LETTERS[:9], {6, 7, 8}),
        ):
            drawn.clear()
            app.names.show_rows(rows)
            await pilot.pause()
            assert lines is None or set(drawn) == lines | {0}, rows  # the highlighted one is drawn always
            assert [line.strip(' ▌▁▂▃▄▅▆▇█') for line in screen_text(app).rstrip().splitlines()] == rows[:10]
