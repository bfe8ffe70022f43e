"""The commands. Only this package prints, and only this package may import the sandbox."""

from chaport_sync.cli.main import main

__all__ = ["main"]
