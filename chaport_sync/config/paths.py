"""Where the configuration and the state are."""

from collections.abc import Mapping
from pathlib import Path

from chaport_sync.config.model import Settings

CONFIG_VARIABLE = "CHAPORT_SYNC_CONFIG"
_SYSTEM_CONFIG = Path("/etc/chaport-sync/config.toml")
_SYSTEM_STATE = Path("/var/lib/chaport-sync")
_FILE_NAME = "state.db"


def find_config(path: Path | None, environ: Mapping[str, str]) -> Path:
    """Return the configuration file: `path`, else $CHAPORT_SYNC_CONFIG, else the system's. It need not exist."""
    if path is not None:
        return path
    return Path(environ[CONFIG_VARIABLE]) if environ.get(CONFIG_VARIABLE) else _SYSTEM_CONFIG


def state_path(settings: Settings, environ: Mapping[str, str]) -> Path:
    """Return the state file of these settings (P7). Neither it nor its directory need exist.

    The first that applies: `[state] path` (in a directory, `state.db` there), $STATE_DIRECTORY (systemd),
    /var/lib/chaport-sync-NAME for a configuration /etc/chaport-sync/NAME/…, /var/lib/chaport-sync if it is there,
    $XDG_STATE_HOME or ~/.local/state of the user.
    """
    if settings.state.path:
        path = _expand(settings.state.path, environ)
        return path / _FILE_NAME if path.is_dir() else path
    # systemd separates several directories by colons; the unit asks for one.
    service = environ.get("STATE_DIRECTORY", "").split(":")[0]
    if service:
        return Path(service) / _FILE_NAME
    if instance := _instance(settings.file):
        # Whether or not it is there: every other place may hold another account's state.
        return _SYSTEM_STATE.with_name(f"{_SYSTEM_STATE.name}-{instance}") / _FILE_NAME
    # The service's is a link into a directory of root's, which others cannot even look into.
    if _SYSTEM_STATE.is_symlink() or _SYSTEM_STATE.is_dir():
        return _SYSTEM_STATE / _FILE_NAME
    users = Path(environ.get("XDG_STATE_HOME", ""))
    if not users.is_absolute():  # unset, or to be ignored by the XDG specification
        users = _home(environ) / ".local" / "state"
    return users / "chaport-sync" / _FILE_NAME


def _instance(config: Path | None) -> str:
    """Return the instance of chaport-sync@.service that this configuration is of, or nothing."""
    if config is None:
        return ""
    directory = config.absolute().parent
    return directory.name if directory.parent == _SYSTEM_CONFIG.parent else ""


def _expand(text: str, environ: Mapping[str, str]) -> Path:
    return _home(environ) / text.removeprefix("~/") if text.startswith("~/") else Path(text)


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ["HOME"]) if environ.get("HOME") else Path.home()
