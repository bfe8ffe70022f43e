"""The systemd units: what they promise, that they differ in names only, and that systemd accepts them."""

import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[1] / "systemd" / "chaport-sync.service"
TEMPLATE = UNIT.with_name("chaport-sync@.service")

CHECK = "/opt/chaport-sync/bin/chaport-sync check --offline --quiet"

#: What the template names by its instance: each line of the plain unit that is another there.
NAMED = {
    "Description=Agent statuses from Deskie to Chaport, chats from Chaport to Deskie": (
        "Description=Agent statuses from Deskie to Chaport, chats from Chaport to Deskie (%i)"
    ),
    "ExecStart=/opt/chaport-sync/bin/chaport-sync run": (
        "ExecStart=/opt/chaport-sync/bin/chaport-sync --config /etc/chaport-sync/%i/config.toml run"
    ),
    f"ExecReload={CHECK}": (
        f"ExecReload={CHECK.replace(' check', ' --config /etc/chaport-sync/%i/config.toml check')}"
    ),
    "User=chaport-sync": "User=chaport-sync-%i",
    "LoadCredential=deskie_api_key:/etc/chaport-sync/deskie_api_key": (
        "LoadCredential=deskie_api_key:/etc/chaport-sync/%i/deskie_api_key"
    ),
    "LoadCredential=chaport_token:/etc/chaport-sync/chaport_token": (
        "LoadCredential=chaport_token:/etc/chaport-sync/%i/chaport_token"
    ),
    "ConfigurationDirectory=chaport-sync": "ConfigurationDirectory=chaport-sync/%i",
    "StateDirectory=chaport-sync": "StateDirectory=chaport-sync-%i",
}


def section(name: str) -> dict[str, list[str]]:
    """Return the settings of a section of the plain unit; some stand there more than once."""
    settings: dict[str, list[str]] = {}
    text = UNIT.read_text(encoding="utf-8").partition(f"[{name}]\n")[2].partition("\n[")[0]
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            settings.setdefault(name, []).append(value)
    return settings


def service() -> dict[str, list[str]]:
    """Return the settings of the [Service] section."""
    return section("Service")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("Type", "notify", id="ready when it works, not when it runs"),
        pytest.param("NotifyAccess", "main", id="only the daemon says so"),
        pytest.param("TimeoutStartSec", "60", id="ready comes within ten seconds, whatever the APIs do"),
        pytest.param("TimeoutStopSec", "15", id="a clean stop takes up to 10 seconds"),
        pytest.param("WatchdogSec", "120", id="a daemon that hangs is restarted"),
        pytest.param("Restart", "on-failure", id="a daemon that fails is restarted"),
        pytest.param("RestartSec", "10", id="not at once"),
        pytest.param("RestartPreventExitStatus", "78", id="a bad configuration is not tried again"),
        pytest.param("LimitCORE", "0", id="no secret in a core dump"),
        pytest.param("MemoryMax", "512M", id="the host does not suffer from what a service answers"),
        pytest.param("TasksMax", "64", id="nor from who connects"),
        pytest.param("LimitNOFILE", "4096", id="and there are descriptors enough"),
        pytest.param("DynamicUser", "yes", id="no account of its own"),
        pytest.param("User", "chaport-sync", id="by this name, which the template must not share"),
        pytest.param("StateDirectory", "chaport-sync", id="state"),
        pytest.param("StateDirectoryMode", "0700", id="state is private"),
        pytest.param("ConfigurationDirectory", "chaport-sync", id="configuration"),
    ],
)
def test_setting(name: str, value: str) -> None:
    """The unit keeps what the program relies on."""
    assert service()[name] == [value]


def test_reload() -> None:
    """The daemon reads its configuration again, and a check lets `systemctl reload` fail where that has a mistake."""
    assert service()["ExecReload"] == ["/bin/kill -HUP $MAINPID", CHECK]


def test_never_given_up() -> None:
    """However often the daemon fails, systemd tries again: no limit of starts leaves the service dead for good."""
    assert section("Unit")["StartLimitIntervalSec"] == ["0"]


def test_after_the_clock() -> None:
    """A host whose clock is set at boot starts the daemon after that: leases and waits are reckoned by it."""
    assert section("Unit")["After"] == ["network-online.target time-sync.target"]


def test_template() -> None:
    """The template for several accounts is the plain unit, line by line, but for the names."""
    plain = UNIT.read_text(encoding="utf-8").splitlines()

    assert TEMPLATE.read_text(encoding="utf-8").splitlines() == [NAMED.get(line, line) for line in plain]
    assert set(NAMED) <= set(plain)


def test_credentials() -> None:
    """Both secrets are handed over under the names that the configuration looks for."""
    assert service()["LoadCredential"] == [
        "deskie_api_key:/etc/chaport-sync/deskie_api_key",
        "chaport_token:/etc/chaport-sync/chaport_token",
    ]


@pytest.mark.parametrize("unit", [UNIT, TEMPLATE], ids=["plain", "template"])
def test_accepted_by_systemd(tmp_path: Path, unit: Path) -> None:
    """Each unit is one that systemd has nothing to complain about."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    (command,) = service()["ExecStart"]
    program = command.split()[0]
    copy = tmp_path / unit.name
    # systemd checks that the program exists, which it does not where tests run.
    copy.write_text(unit.read_text(encoding="utf-8").replace(program, "/bin/true"), encoding="utf-8")

    done = subprocess.run([analyze, "verify", str(copy)], capture_output=True, text=True, check=False)  # noqa: S603

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
