"""Which database a cluster has; the other settings are not checked, as in `paths`, so that commands start quickly."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chaport_sync.paths import NESTED, PREFIX, UnreadableFileError, accounts_directory, is_left_out, read_file

#: The file that has it, where it is in no other place; `config.credentials` looks in the same places.
FILE_NAME = "cluster_database"
NEEDS_ACCOUNTS = "needs [accounts] directory; also a single account is a file NAME.toml in it, see docs/fleet.md"
_VARIABLE = f"{PREFIX}CLUSTER{NESTED}DATABASE"


def find_database(config: Path, environ: Mapping[str, str]) -> str:
    """Return the URL of the database that the environment or the configuration names, empty if there is no cluster.

    Raises:
        UnreadableFileError: As `read_file`; or the URL is in a file that cannot be read, or is no text; or there is
            one, but no [accounts].
    """
    table = {} if is_left_out(config, environ) else read_file(config)
    directory = accounts_directory(table, config)
    found = next(filter(None, _places(table, config, directory or config.parent, environ)), "")
    if found and directory is None:
        raise UnreadableFileError(config, f"[cluster] database: {NEEDS_ACCOUNTS}")
    return found


def _places(table: Mapping[str, Any], config: Path, directory: Path, environ: Mapping[str, str]) -> Iterator[str]:
    yield environ.get(_VARIABLE, "")
    if handed_over := environ.get("CREDENTIALS_DIRECTORY"):
        yield _content(Path(handed_over) / FILE_NAME, config)
    section = table.get("cluster", {})
    configured = section.get("database", "") if isinstance(section, dict) else None
    if not isinstance(configured, str):
        raise UnreadableFileError(config, "[cluster] database: must be text, in quotes")
    yield configured
    yield _content(directory / FILE_NAME, config)


def _content(file: Path, config: Path) -> str:
    try:
        return file.read_text("utf-8").rstrip("\r\n")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError):
        words = f"[cluster] database: {file} cannot be read; it is for the service and root only: use sudo"
        raise UnreadableFileError(config, words) from None
