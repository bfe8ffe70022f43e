"""`demo --cluster`: plays a story with two workers, and shows whether everything expected was seen."""

import asyncio
import importlib.util
import signal
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from chaport_sync.cli.demo.command import INTERRUPTED, end
from chaport_sync.cli.demo.database import NoDatabase, database
from chaport_sync.cli.exits import Code
from chaport_sync.cli.sandbox import lacks_packages

#: Between two lines of the talk, for who reads along (seconds).
PAUSE = 4.0


def run_cluster_demo(pause: float = PAUSE) -> int:
    """Play the story, and return 0 if everything that was expected was seen; nothing that it started is left."""
    if lacks_packages(sys.stderr) or _lacks_psycopg():
        return Code.FAILED
    from chaport_sync.cli.demo.takeover import perform

    console = Console()
    # Whatever ends it leaves no process and no folder behind, as Ctrl-C does.
    before = {number: signal.signal(number, signal.default_int_handler) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        with tempfile.TemporaryDirectory(prefix="chaport-sync-demo-") as folder, database() as url:
            verdicts = asyncio.run(perform(Path(folder), url, pause, sys.stdout))
    except NoDatabase as error:
        sys.stderr.write(f"chaport-sync: {error}\n")
        return Code.FAILED
    except KeyboardInterrupt:
        console.print("The demo was interrupted.")
        return INTERRUPTED
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return end(verdicts, console)


def _lacks_psycopg() -> bool:
    if importlib.util.find_spec("psycopg"):
        return False
    brings = "pip install 'chaport-sync[demo,cluster]' brings it"
    sys.stderr.write(f"chaport-sync: the demo of a cluster needs one more package; {brings}\n")
    return True
