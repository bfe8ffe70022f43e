"""The program, imported once by each worker's fork server: a daemon begins by a fork and not by a second of imports.

Everything is the program as installed but for two constants, since a real process cannot live in virtual time: the
pause before it looks into an unclear outcome (P1), and the time over which the first polls of accounts are spread.
And there may be a trap in which a test lets it die.
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from chaport_sync.cli import main

_SERVER = get_context("forkserver")
_SERVER.set_forkserver_preload([__name__, "chaport_sync.cli.check", "chaport_sync.cli.run"])

#: Seconds instead of fifteen.
SPREAD_OVER = 1.0

Trap = Callable[[], None]


def begin(
    arguments: Sequence[str], log: Path, environ: Mapping[str, str], pause: float, trap: Trap | None
) -> ForkServerProcess:
    """Start `chaport-sync ARGUMENTS` in the folder of a file that all of its output goes into."""
    process = _SERVER.Process(target=_live, args=(arguments, log, dict(environ), pause, trap), daemon=True)
    process.start()
    return process


def _live(arguments: Sequence[str], log: Path, environ: Mapping[str, str], pause: float, trap: Trap | None) -> None:
    os.chdir(log.parent)
    with log.open("wb") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    os.environ.clear()
    os.environ.update(environ)
    shorter = {"UNCLEAR_PAUSE": pause, "SPREAD_OVER": SPREAD_OVER}
    for name, module in list(sys.modules.items()):
        if name.startswith("chaport_sync."):
            vars(module).update({each: value for each, value in shorter.items() if each in vars(module)})
    if trap is not None:
        trap()
    sys.argv = ["chaport-sync", *arguments]
    main()
