"""The time zone of the times that people read: the configured one, else this machine's (T5)."""

import os
from contextlib import suppress
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

_LOCALTIME = Path("/etc/localtime")
_DATABASE = "zoneinfo/"


def time_zone(name: str) -> tuple[tzinfo, str]:
    """Return a time zone and its name; for an empty `name` this machine's zone, or UTC if the machine has none set.

    Raises:
        ValueError, LookupError, OSError: There is no zone of this name.
    """
    if name:
        return ZoneInfo(name), name
    with suppress(ValueError, LookupError, OSError):
        if own := os.environ.get("TZ", "").removeprefix(":"):
            return ZoneInfo(own), own
    with suppress(ValueError, OSError), _LOCALTIME.open("rb") as file:
        found = ZoneInfo.from_file(file)
        place, _, called = str(_LOCALTIME.resolve()).rpartition(_DATABASE)
        return found, called if place else str(_LOCALTIME)
    return ZoneInfo("UTC"), "UTC"
