"""Finds the two secrets, and those that need not be there: of notices, of the page, of the cluster.

The first place that has one wins: the environment, $CREDENTIALS_DIRECTORY (systemd), the configuration file, a file
beside it. The systemd unit reads the files beside the configuration too, so one place serves both the service and root
at a terminal.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chaport_sync.config.sources import Key, Overrides

DIRECTORY_VARIABLE = "CREDENTIALS_DIRECTORY"

FILE_NAMES: Mapping[Key, str] = {
    ("deskie", "api_key"): "deskie_api_key",
    ("chaport", "token"): "chaport_token",
}
#: systemd hands over a file that need not be there only if a drop-in says so. Of addresses, each has its line.
URLS: Key = ("notify", "urls")
OPTIONAL: Mapping[Key, str] = {
    URLS: "notify_urls",
    ("web", "password"): "web_password",
    ("cluster", "database"): "cluster_database",
}
#: These are the same for all accounts.
OF_ALL = OPTIONAL.keys() - {URLS}


@dataclass(frozen=True)
class Credential:
    """The result of a search for a secret.

    Attributes:
        value: the secret as it was found, not checked yet; empty if there is none.
        file: the credential file that holds it, None if it was found elsewhere.
        origin: the place where it was found, for errors that tell somebody to change it.
        problem: why there is no secret, None if there is one.
        empty: whether its file exists, but is empty.
    """

    value: Any = ""
    file: Path | None = None
    origin: str = ""
    problem: str | None = None
    empty: bool = False


def find_credentials(
    table: Mapping[str, Any], overrides: Overrides, beside: Path, environ: Mapping[str, str], account: str = ""
) -> Mapping[Key, Credential]:
    """Return the search's result for each secret, those that need not be there too.

    Args:
        table: the raw configuration file.
        overrides: what the environment sets.
        beside: the configuration file's directory.
        environ: the environment, for $CREDENTIALS_DIRECTORY.
        account: the account's name, if there are several: its files begin with it, but for those of all.
    """
    found = {}
    for key, file_name in (*FILE_NAMES.items(), *OPTIONAL.items()):
        name = f"{account}.{file_name}" if account and key not in OF_ALL else file_name
        directory = environ.get(DIRECTORY_VARIABLE)
        handed_over = Path(directory) / name if directory else None
        candidates = _candidates(key, table, overrides, handed_over, beside / name)
        if key in OPTIONAL:
            found[key] = _optional(next(candidates, Credential()), beside / name, lines=key == URLS)
        else:
            found[key] = next(candidates, None) or _missing(handed_over, beside / name)
    return found


def _candidates(
    wanted: Key, table: Mapping[str, Any], overrides: Overrides, handed_over: Path | None, beside: Path
) -> Iterator[Credential]:
    """Yield what each place has, the strongest first."""
    section, key = wanted
    content = table.get(section)
    in_table = content.get(key, "") if isinstance(content, dict) else ""
    in_environment = overrides.values.get(section, {}).get(key, "")
    if in_environment != "":
        yield Credential(in_environment, origin=overrides.variables.get(wanted, ""))
    if handed_over:
        yield from _read(handed_over, _copied(handed_over, beside))
    if in_table not in ("", []):
        yield Credential(in_table, origin=f"[{section}] {key}")
    yield from _read(beside, str(beside))


def _optional(found: Credential, beside: Path, *, lines: bool) -> Credential:
    """Return what was found, as a list of `lines` if so; a file that is there and cannot be read is not passed over."""
    if found.problem:
        how = f"a drop-in with LoadCredential={beside.name}:{beside} hands it to the service"
        return replace(found, problem=f"{found.problem}; {how}")
    if found.file is None or not lines:
        return found
    return replace(found, value=[line.strip() for line in found.value.splitlines() if line.strip()])


def origins(credentials: Mapping[Key, Credential], overrides: Overrides) -> Mapping[str, str]:
    """Return, by service, the places of its credentials, to be told when one has to be changed; Deskie has two."""
    key, token = (credentials[each].origin for each in FILE_NAMES)
    email = overrides.variables.get(("deskie", "email"), "[deskie] email")
    found = {"Deskie": f"{key} and {email}, which belong together", "Chaport": token}
    return found | ({"Apprise": credentials[URLS].origin} if credentials[URLS].origin else {})


def _copied(handed_over: Path, beside: Path) -> str:
    """Return the file to change: not systemd's copy, which is read-only, but the original, if it is known."""
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
