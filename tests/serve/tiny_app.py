"""A screen to be served in tests: it says what was pressed. ``stubborn`` as argument: it does not quit when asked."""

import os
import signal
import sys

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Label


class TinyApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Label(f"process {os.getpid()}", id="process")
        yield Label("nothing pressed 中文 █▲", id="pressed")
        yield Label("", id="size")

    def on_key(self, event: events.Key) -> None:
        if event.key == "x":
            self.exit()
        self.query_one("#pressed", Label).update(f"pressed {event.key}")

    def on_resize(self, event: events.Resize) -> None:
        self.query_one("#size", Label).update(f"size {event.size.width}x{event.size.height}")

    async def action_quit(self) -> None:
        self.exit()


def main() -> None:
    if "broken" in sys.argv:
        sys.exit("simulate: --load nothing: no such file")
    if "stubborn" in sys.argv:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
        TinyApp._on_exit_app = _never  # type: ignore[method-assign,assignment]
    TinyApp().run()


async def _never(self: TinyApp) -> None:
    return None


if __name__ == "__main__":
    main()
