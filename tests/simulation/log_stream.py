"""Where the daemon's log goes."""

from collections.abc import Callable


class LogStream:
    """Takes the log's lines as a terminal or a file would, and shows each to somebody."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self.write = show

    def flush(self) -> None:
        """Nothing is kept."""

    def fileno(self) -> int:
        """It has no descriptor."""
        raise OSError

    def isatty(self) -> bool:
        """It is no terminal."""
        return False
