"""The commands: the only place that prints, and the only one that may import the sandbox."""

from chaport_sync.cli.main import main

__all__ = ["main"]
