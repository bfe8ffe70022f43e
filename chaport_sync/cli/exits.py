"""Exit codes, and a message with what to do for each expected failure."""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import TextIO

from chaport_sync.cli.streams import discard_rest


class Code(IntEnum):
    """The documented exit codes; 2 (wrong usage) comes from the command line library."""

    DONE = 0
    FAILED = 1
    BUSY = 75
    CONFIGURATION = 78


@contextmanager
def readable_exits(stream: TextIO) -> Iterator[None]:
    """End the process with a message instead of a traceback, unless the error is a defect.

    Modules are imported only after an error, so that commands start quickly.
    """
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        found = _explain(error)
        if found is None:
            raise
        code, message = found
        try:
            stream.write(f"chaport-sync: {message}\n")
            stream.flush()
        except OSError:
            discard_rest(stream)
        sys.exit(code)


def _explain(error: Exception) -> tuple[Code, str] | None:
    from chaport_sync.api.errors import ApiError, EnvironmentRefusedError
    from chaport_sync.cli.people import UnknownError
    from chaport_sync.cli.service_files import ServiceError
    from chaport_sync.config import ConfigError
    from chaport_sync.paths import UnreadableFileError
    from chaport_sync.store import Busy, Foreign, StoreError
    from chaport_sync.times import WrongTimeError

    match error:
        case UnreadableFileError():
            return Code.CONFIGURATION, f"the configuration cannot be used: {error.path}: {error}"
        case ConfigError():
            return Code.CONFIGURATION, f"the configuration cannot be used: {error}"
        case Busy():
            return Code.BUSY, str(error)
        case Foreign():
            return Code.CONFIGURATION, str(error)
        case EnvironmentRefusedError():
            return Code.CONFIGURATION, str(error)
        case OSError(filename=None, errno=errno.ENOSPC | errno.EDQUOT | errno.EIO | errno.EBADF):
            discard_rest(sys.stdout)
            return Code.FAILED, f"the output cannot be written: {error.strerror}"
        case StoreError() | ApiError() | UnknownError() | WrongTimeError() | ServiceError():
            return Code.FAILED, str(error)
        case _:
            return None
