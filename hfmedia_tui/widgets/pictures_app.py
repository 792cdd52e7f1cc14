"""What an application does for the pictures in it: it lends them its terminal."""

from textual import events, messages
from textual.app import App

from hfmedia_tui.media.picture import Pictures

__all__ = ['PicturesApp']


class PicturesApp(App[None]):
    """An app whose terminal is written to by `pictures`, and whose answers reach them."""

    pictures: Pictures
    """Set before the app runs."""

    async def on_mount(self) -> None:
        # Textual gives no public way to write to the terminal; through its own writer nothing is torn apart.
        driver = self._driver
        if driver is not None:
            answers = not (self.is_headless or self.is_web)
            self.pictures.pacer.open(driver.write, self.call_after_refresh, answers=answers)

    def on_cursor_position(self, event: events.CursorPosition) -> None:
        self.pictures.pacer.acknowledge(event.y + 1, event.x + 1)

    def on_exit_app(self, _: messages.ExitApp) -> None:
        self.pictures.kept.free_all()  # while the screen that they are on is still there

    async def on_unmount(self) -> None:
        self.pictures.pacer.close()
