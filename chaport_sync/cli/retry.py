"""`retry`: makes parked lines due again; the running daemon sends them, or the next start."""

from pathlib import Path

from chaport_sync.cli.exits import Code
from chaport_sync.cli.output import print_json, say
from chaport_sync.cli.state_file import locate
from chaport_sync.core.wording import number
from chaport_sync.store import Store, is_in_use


def run_retry(config: Path | None, *, as_json: bool) -> int:
    """Make parked lines due and print how many there are.

    Raises:
        UnreadableFileError: The configuration cannot be read.
        StoreError: There is no state file, or it cannot be written.
    """
    path = locate(config)
    store = Store.beside(path)
    try:
        count = store.transcripts.retry_parked()
    finally:
        store.close()
    running = is_in_use(path)
    if as_json:
        print_json({"state_file": str(path), "due": count, "running": running})
    elif not count:
        say(f"Nothing is parked in {path}.")
    else:
        due = number(count, "parked line is due again", "parked lines are due again")
        one = "it" if count == 1 else "them"
        when = {
            True: f"the running daemon sends {one} with its next poll",
            False: f"no daemon runs: the next start sends {one}",
            None: f"the daemon sends {one} with its next poll, if it runs, which cannot be seen here",
        }[running]
        say(f"{due}; {when}.")
    return Code.DONE
