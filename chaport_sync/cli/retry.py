"""`retry`: what was parked is due again; the running daemon sends it, or the next start."""

from pathlib import Path

from chaport_sync.cli.exits import Code
from chaport_sync.cli.remembered import locate
from chaport_sync.cli.show import print_json, say
from chaport_sync.store import Store, is_in_use


def run_retry(config: Path | None, *, as_json: bool) -> int:
    """Mark parked deliveries as due and say how many there are.

    Raises:
        UnreadableFileError: The configuration cannot be read.
        StoreError: There is no state file, or it cannot be written.
    """
    path = locate(config)
    store = Store.beside(path)
    try:
        count = store.retry_parked()
    finally:
        store.close()
    running = is_in_use(path)
    if as_json:
        print_json({"state_file": str(path), "due": count, "running": running})
    else:
        when = "the running daemon sends them with its next poll" if running else "the next start sends them"
        say(f"{count} parked deliveries are due again; {when}." if count else f"Nothing is parked in {path}.")
    return Code.DONE
