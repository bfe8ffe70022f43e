"""A clock that goes on while the process is stopped or the machine is suspended (K2)."""

import time


def boottime() -> float:
    """Return its seconds."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
