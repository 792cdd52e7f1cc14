"""Looking at pictures from near and far."""

from abc import abstractmethod
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import var

from hfmedia_tui.media.fit import ALL, WHOLE, Lens
from hfmedia_tui.media.picture import Picture, Pictures
from hfmedia_tui.screens.result_place import ResultPlace
from hfmedia_tui.screens.shelf import Shelf
from hfmedia_tui.widgets.film import FilmPlayer
from hfmedia_tui.widgets.preview import Preview

__all__ = ['Looking']

_ZOOM: Final = 1.5
"""How many times closer one key brings a picture."""
_STEP: Final = 0.25
"""Share of what is seen that one key goes to the side."""


class Looking(ResultPlace):
    """A place over a shelf with one lens: keys and wheel bring what is shown closer; arrows, and dragging, go about."""

    HOLDS = (FilmPlayer,)
    NOTHING = 'No result is shown.'
    REFUSALS = {
        **dict.fromkeys(('play', 'scrub'), 'The result is no film.'),
        'open_outside': 'There is no screen here to open it on.',
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding('plus,equals_sign', 'zoom(1)', 'Closer', id='look.closer', tooltip='Look closer'),
        Binding('minus', 'zoom(-1)', 'Farther', show=False, id='look.farther', tooltip='Look from farther away'),
        Binding('z', 'pixels', 'Pixels', show=False, id='look.pixels', tooltip='Show pixel by pixel, or all of it'),
        Binding('left,h', 'move(-1, 0)', 'Left', show=False, id='look.left', tooltip='Go left, or to the one before'),
        Binding('right,l', 'move(1, 0)', 'Right', show=False, id='look.right', tooltip='Go right, or to the next'),
        Binding('up,k', 'move(0, -1)', 'Up', show=False, id='look.up', tooltip='Go up, or to the one before'),
        Binding('down,j', 'move(0, 1)', 'Down', show=False, id='look.down', tooltip='Go down, or to the next'),
        Binding('escape,enter,backspace', 'leave', 'Back', id='look.leave', tooltip='Go back'),
    ]

    lens: var[Lens] = var(WHOLE, init=False)
    """How closely the results are looked at."""
    dragged = False
    """Whether the mouse moved what is seen since it was pressed: letting go of it is no click then."""

    def __init__(self, pictures: Pictures, shelf: Shelf) -> None:
        super().__init__()
        self._pictures = pictures
        self._shelf = shelf

    @property
    def shelf(self) -> Shelf:
        return self._shelf

    @property
    @abstractmethod
    def player(self) -> FilmPlayer:
        """Where the result that is looked at is shown."""

    @property
    def picture(self) -> Picture | None:
        """What is looked at, as it is drawn."""
        return self.player.query_one(Preview).picture

    @abstractmethod
    def action_step(self, step: int) -> None:
        """Go to the next result, or to the one before."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ('play', 'scrub'):
            return self.is_mounted and self.player.has_film
        return super().check_action(action, parameters)

    def action_play(self) -> None:
        self.lens = WHOLE
        self.player.action_play()

    def action_scrub(self, steps: int) -> None:
        self.player.action_scrub(steps)

    def action_zoom(self, steps: int) -> None:
        self.lens = self.lens.zoomed(_ZOOM**steps)

    def action_pixels(self) -> None:
        """Show one pixel of the picture as one of the terminal, or all of the picture."""
        picture = self.picture
        if self.lens != WHOLE or picture is None:
            self.lens = WHOLE
        else:
            self.lens = WHOLE.zoomed(max(1.1, picture.width / (picture.columns * self.house.pictures.cell.width)))

    def action_move(self, right: int, down: int) -> None:
        if self.lens == WHOLE:
            self.action_step(right + down)
        else:
            self.lens = self.lens.moved(_STEP * right, _STEP * down, self.picture.crop if self.picture else ALL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_zoom(1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_zoom(-1)

    def on_mouse_down(self) -> None:
        self.dragged = False

    def on_mouse_move(self, event: events.MouseMove) -> None:
        picture = self.picture
        if event.button and picture is not None and self.lens != WHOLE:
            right, down = -event.delta_x / picture.columns, -event.delta_y / picture.rows
            self.lens = self.lens.moved(right, down, picture.crop)
            self.dragged = True

    def action_leave(self) -> None:
        if self.lens != WHOLE:
            self.lens = WHOLE
        else:
            self.dismiss()
