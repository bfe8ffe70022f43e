"""The systemd unit: what it promises, and that systemd accepts it."""

import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[1] / "systemd" / "chaport-sync.service"


def service() -> dict[str, list[str]]:
    """Return the settings of the [Service] section; some stand there more than once."""
    settings: dict[str, list[str]] = {}
    section = UNIT.read_text(encoding="utf-8").partition("[Service]")[2].partition("[Install]")[0]
    for line in section.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            settings.setdefault(name, []).append(value)
    return settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("Type", "notify", id="ready when it works, not when it runs"),
        pytest.param("NotifyAccess", "main", id="only the daemon says so"),
        pytest.param("TimeoutStartSec", "infinity", id="an API may be down at boot"),
        pytest.param("TimeoutStopSec", "15", id="a clean stop takes up to 10 seconds"),
        pytest.param("WatchdogSec", "120", id="a daemon that hangs is restarted"),
        pytest.param("Restart", "on-failure", id="a daemon that fails is restarted"),
        pytest.param("RestartPreventExitStatus", "78", id="a bad configuration is not tried again"),
        pytest.param("ExecReload", "/bin/kill -HUP $MAINPID", id="reload"),
        pytest.param("DynamicUser", "yes", id="no account of its own"),
        pytest.param("StateDirectory", "chaport-sync", id="state"),
        pytest.param("StateDirectoryMode", "0700", id="state is private"),
        pytest.param("ConfigurationDirectory", "chaport-sync", id="configuration"),
    ],
)
def test_setting(name: str, value: str) -> None:
    """The unit keeps what the program relies on."""
    assert service()[name] == [value]


def test_credentials() -> None:
    """Both secrets are handed over under the names that the configuration looks for."""
    assert service()["LoadCredential"] == [
        "deskie_api_key:/etc/chaport-sync/deskie_api_key",
        "chaport_token:/etc/chaport-sync/chaport_token",
    ]


def test_accepted_by_systemd(tmp_path: Path) -> None:
    """The unit is one that systemd has nothing to complain about."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    (command,) = service()["ExecStart"]
    program = command.split()[0]
    copy = tmp_path / UNIT.name
    # systemd checks that the program exists, which it does not where tests run.
    copy.write_text(UNIT.read_text(encoding="utf-8").replace(program, "/bin/true"), encoding="utf-8")

    done = subprocess.run([analyze, "verify", str(copy)], capture_output=True, text=True, check=False)  # noqa: S603

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
