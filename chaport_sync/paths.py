"""Where the configuration and the state file are; the other settings are not checked.

Commands that only read the state file need no more. So they start quickly, and they work while somebody edits the
configuration.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: A variable of the environment is named by the prefix, a section, `NESTED` and a key.
PREFIX, NESTED = "CHAPORT_SYNC_", "__"
CONFIG_VARIABLE = "CHAPORT_SYNC_CONFIG"
#: The account that a command is for, where the configuration has several; `--account` sets it.
ACCOUNT_VARIABLE = "CHAPORT_SYNC_ACCOUNT"
#: These variables are no settings.
NO_SETTINGS = (CONFIG_VARIABLE, ACCOUNT_VARIABLE)
STATE_VARIABLE = "CHAPORT_SYNC_STATE__PATH"
_SYSTEM_CONFIG = Path("/etc/chaport-sync/config.toml")
_SYSTEM_STATE = Path("/var/lib/chaport-sync")
_FILE_NAME = "state.db"
_REPEATED = re.compile(r"""'[^']{2,}'|"[^"]{2,}\"""")
_NAME_ANOTHER = f"name another with --config or ${CONFIG_VARIABLE}"
NO_FILE = f"the configuration file does not exist; {_NAME_ANOTHER}"


class UnreadableFileError(Exception):
    """The configuration file does not exist or cannot be read; the message says why, and what to do.

    `path` is the configuration file.
    """

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(problem)
        self.path = path


def find_config(path: Path | None, environ: Mapping[str, str]) -> Path:
    """Return the configuration file: `path`, else $CHAPORT_SYNC_CONFIG, else the one in /etc. It need not exist."""
    if path is not None:
        return path
    return Path(environ[CONFIG_VARIABLE]) if environ.get(CONFIG_VARIABLE) else _SYSTEM_CONFIG


def is_left_out(path: Path, environ: Mapping[str, str]) -> bool:
    """Return whether no file is needed: none was named, the one in /etc does not exist, the environment has keys."""
    named = environ.get(CONFIG_VARIABLE)
    keys = any(name.startswith(PREFIX) and name not in NO_SETTINGS and environ[name] for name in environ)
    return path == _SYSTEM_CONFIG and not named and keys and not path.exists()


def read_file(path: Path) -> dict[str, Any]:
    """Return the raw tables of a configuration file.

    Raises:
        UnreadableFileError: The file is missing, not a regular file, not permitted, not UTF-8 or not TOML.
    """
    try:
        if not path.exists():
            raise UnreadableFileError(path, NO_FILE)
        if not path.is_file():
            raise UnreadableFileError(path, f"the configuration file is not a regular file; {_NAME_ANOTHER}")
        return tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        raise UnreadableFileError(path, f"the configuration file cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UnreadableFileError(path, f"the configuration file is not UTF-8 text (at line {line})") from None
    except tomllib.TOMLDecodeError as error:
        # Some of the library's messages repeat a key, which may be a secret in the wrong place.
        message = _REPEATED.sub("'…'", str(error))
        raise UnreadableFileError(path, f"the configuration file is not valid TOML: {message}") from None


def find_state(config: Path, environ: Mapping[str, str]) -> Path:
    """Return the state file that the environment or the configuration file names; other keys are not read.

    Raises:
        UnreadableFileError: As `read_file`, or `[state] path` is not a text.
    """
    table = {} if is_left_out(config, environ) else read_file(config)
    section, account = table.get("state", {}), chosen_account(table, config, environ)
    configured = environ.get(STATE_VARIABLE) or (section.get("path", "") if isinstance(section, dict) else None)
    if not isinstance(configured, str):
        raise UnreadableFileError(config, "[state] path: must be text, in quotes")
    if account:
        return account_state(configured, config, environ, account)
    return state_path(configured, config, environ)


def accounts_directory(table: Mapping[str, Any], config: Path) -> Path | None:
    """Return the directory of the accounts' files of a configuration, None if it is of one account.

    Raises:
        UnreadableFileError: [accounts] names no directory.
    """
    if "accounts" not in table:
        return None
    section = table["accounts"]
    directory = section.get("directory") if isinstance(section, dict) else None
    if not isinstance(directory, str) or not directory:
        raise UnreadableFileError(config, '[accounts] directory: must be text, in quotes, such as "accounts.d"')
    return config.parent / directory


def chosen_account(table: Mapping[str, Any], config: Path, environ: Mapping[str, str]) -> str:
    """Return the name of the account that is to be looked at, empty if the configuration is of one account.

    Raises:
        UnreadableFileError: There are several accounts and none is chosen, or one is chosen that does not exist.
    """
    directory, account = accounts_directory(table, config), environ.get(ACCOUNT_VARIABLE, "")
    if directory is None:
        if account:
            raise UnreadableFileError(config, f"it is of one account, not of several; leave out --account {account}")
        return ""
    if not account:
        raise UnreadableFileError(config, "it is of several accounts; name one by --account NAME")
    file = directory / f"{account}.toml"
    if file.parent != directory or not file.is_file():
        raise UnreadableFileError(config, f"there is no account of this name: {file} is not there")
    return account


def names_in(directory: Path) -> list[str]:
    """Return the names of the accounts that have a file in this directory, in order; an unreadable one has none."""
    return sorted(file.stem for file in directory.glob("*.toml"))


def account_state(configured: str, config: Path, environ: Mapping[str, str], account: str) -> Path:
    """Return the state file of one of several accounts; `configured` is a directory here."""
    where = _expand(configured, environ) / _FILE_NAME if configured else state_path("", config, environ)
    return where.with_name(f"{account}.db")


def state_path(configured: str, config: Path | None, environ: Mapping[str, str]) -> Path:
    """Return the state file of a configuration (P7). Neither it nor its directory need exist.

    The first that applies: `configured`, which is `[state] path` (of a directory, `state.db` in it); $STATE_DIRECTORY
    (systemd); /var/lib/chaport-sync for a configuration in /etc/chaport-sync, and /var/lib/chaport-sync-NAME for one in
    /etc/chaport-sync/NAME; /var/lib/chaport-sync if it exists; $XDG_STATE_HOME or ~/.local/state of the user.
    """
    if configured:
        path = _expand(configured, environ)
        return path / _FILE_NAME if path.is_dir() else path
    # systemd puts colons between several directories; our unit has one.
    service = environ.get("STATE_DIRECTORY", "").split(":")[0]
    if service:
        return Path(service) / _FILE_NAME
    # Also if it does not exist yet: the service makes it, and another place may hold the state of another account.
    if services := service_directory(config):
        return services / _FILE_NAME
    # The service's directory may be a link into a directory that only root can read.
    if _SYSTEM_STATE.is_symlink() or _SYSTEM_STATE.is_dir():
        return _SYSTEM_STATE / _FILE_NAME
    users = Path(environ.get("XDG_STATE_HOME", ""))
    if not users.is_absolute():  # unset, or relative, which the XDG specification says to ignore
        users = _home(environ) / ".local" / "state"
    return users / "chaport-sync" / _FILE_NAME


def service_directory(config: Path | None) -> Path | None:
    """Return the state directory of the service, or of the instance, of a configuration; None if there is none."""
    directory = None if config is None else config.absolute().parent
    if directory == _SYSTEM_CONFIG.parent:
        return _SYSTEM_STATE
    if directory is not None and directory.parent == _SYSTEM_CONFIG.parent:
        return _SYSTEM_STATE.with_name(f"{_SYSTEM_STATE.name}-{directory.name}")
    return None


def _expand(text: str, environ: Mapping[str, str]) -> Path:
    return _home(environ) / text.removeprefix("~/") if text.startswith("~/") else Path(text)


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ["HOME"]) if environ.get("HOME") else Path.home()
