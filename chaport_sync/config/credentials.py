"""Where the two secrets are looked for.

The first place that has one wins: the environment, $CREDENTIALS_DIRECTORY (systemd), the configuration file, a file
beside it. The systemd unit takes its credentials from the files beside it too, so that one place serves the service
and root at a terminal.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaport_sync.config.sources import Key, Overrides

DIRECTORY_VARIABLE = "CREDENTIALS_DIRECTORY"

FILE_NAMES: Mapping[Key, str] = {
    ("deskie", "api_key"): "deskie_api_key",
    ("chaport", "token"): "chaport_token",
}


@dataclass(frozen=True)
class Credential:
    """What the search for a secret came to.

    Attributes:
        value: as it was found, not checked yet; empty if nothing was found.
        file: the credential file that it was found in, None if it was found elsewhere.
        problem: why there is none, None if there is one.
    """

    value: Any = ""
    file: Path | None = None
    problem: str | None = None


def find_credentials(
    table: Mapping[str, Any], overrides: Overrides, beside: Path, environ: Mapping[str, str]
) -> Mapping[Key, Credential]:
    """Return what is known of each secret.

    Args:
        table: the raw configuration file.
        overrides: what the environment sets.
        beside: the configuration file's directory.
        environ: the environment, for $CREDENTIALS_DIRECTORY.
    """
    directory = environ.get(DIRECTORY_VARIABLE)
    found = {}
    for (section, key), name in FILE_NAMES.items():
        content = table.get(section)
        in_table = content.get(key, "") if isinstance(content, dict) else ""
        in_environment = overrides.values.get(section, {}).get(key, "")
        handed_over = Path(directory) / name if directory else None
        candidates = _candidates(in_environment, handed_over, in_table, beside / name)
        found[section, key] = next(candidates, _missing(beside / name))
    return found


def _candidates(in_environment: Any, handed_over: Path | None, in_table: Any, beside: Path) -> Iterator[Credential]:
    if in_environment != "":
        yield Credential(in_environment)
    if handed_over:
        yield from _read(handed_over)
    if in_table != "":
        yield Credential(in_table)
    yield from _read(beside)


def _read(file: Path) -> Iterator[Credential]:
    try:
        text = file.read_text(encoding="utf-8").rstrip("\r\n")
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        yield Credential(problem=f"{file} cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        yield Credential(problem=f"{file} is not text")
    else:
        if text:
            yield Credential(text, file)


def _missing(file: Path) -> Credential:
    return Credential(problem=f"is nowhere to be found; put it into {file}, ${DIRECTORY_VARIABLE} or the environment")
