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
        origin: where it was found, for whoever has to change it.
        problem: why there is none, None if there is one.
        empty: whether its file is there and waits for it.
    """

    value: Any = ""
    file: Path | None = None
    origin: str = ""
    problem: str | None = None
    empty: bool = False


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
        variable = overrides.variables.get((section, key), "")
        candidates = (
            *([Credential(in_environment, origin=variable)] if in_environment != "" else []),
            *(_read(handed_over, _copied(handed_over, beside / name)) if handed_over else []),
            *([Credential(in_table, origin=f"[{section}] {key}")] if in_table != "" else []),
            *_read(beside / name, str(beside / name)),
        )
        found[section, key] = next(iter(candidates), _missing(handed_over, beside / name))
    return found


def origins(credentials: Mapping[Key, Credential], overrides: Overrides) -> Mapping[str, str]:
    """Say for each service where the credentials are that it may refuse; Deskie's are two."""
    key, token = (credentials[each].origin for each in FILE_NAMES)
    email = overrides.variables.get(("deskie", "email"), "[deskie] email")
    return {"Deskie": f"{key} and {email}, which belong together", "Chaport": token}


def _copied(handed_over: Path, beside: Path) -> str:
    """Name the file that systemd copied, as far as can be told: the copy cannot be changed."""
    if not beside.exists():
        return str(handed_over)
    return f"{beside} (the service has a copy of it from its start: restart it after a change)"


def _read(file: Path, origin: str) -> Iterator[Credential]:
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
            yield Credential(text, file, origin)


def _missing(handed_over: Path | None, beside: Path) -> Credential:
    for file in filter(None, (handed_over, beside)):
        if file.is_file():
            return Credential(problem=f"{file} is empty; put the secret into it", empty=True)
    return Credential(problem=f"is nowhere to be found; put it into {beside}, ${DIRECTORY_VARIABLE} or the environment")
