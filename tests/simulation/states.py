"""The places in which a daemon's state can be kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from tests.simulation.session import StateInCluster
from tests.simulation.state_file import StateFile
from tests.simulation.state_log import StateLog

#: A file; a log that keeps all that was committed; one that loses at each death what was not appended; or one of a
#: cluster, which loses that too and where others take over.
Kept = Literal["file", "log", "losing-log", "cluster"]


def states(kept: Kept, folder: Path, clock: Callable[[], float]) -> tuple[StateFile, StateFile]:
    """Return where the state of the daemon is kept, and that of a second one elsewhere."""
    if kept == "file":
        return StateFile(folder / "state.db"), StateFile(folder / "other.db")
    if kept == "cluster":
        return StateInCluster(clock), StateInCluster(clock)
    return StateLog(loses=kept == "losing-log"), StateLog(loses=kept == "losing-log")
