"""The demo in plain lines: the story, and, indented, the daemon's log."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from chaport_sync.cli.demo.log_lines import clock_face, details, is_of_interest
from chaport_sync.sandbox.story.play import Play


class PlainView:
    """Prints one line for each scene and log event, for files, pipes and simple terminals."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._words = ""

    @contextmanager
    def on_stage(self) -> Iterator[None]:
        """Print an empty line at the end."""
        yield
        self._print("")

    def show(self, play: Play) -> None:
        """Print a new scene once."""
        if play.scene.words != self._words:
            self._words = play.scene.words
            self._print(f"{clock_face(play.stage.elapsed)}  {self._words}")

    def tell(self, at: float, event: dict[str, Any]) -> None:
        """Print an event of the log, if it is of interest."""
        if is_of_interest(event):
            self._print(f"{clock_face(at)}      {event.get('event'):<22}  {details(event)}".rstrip())

    def _print(self, line: str) -> None:
        self._out.write(f"{line}\n")
        self._out.flush()
