"""The package as a wheel, installed by pipx and by uv as docs/operations.md says, and as a service from there."""

import re

import pytest

from tests.processes.daemon_process import until
from tests.systemd.machine import Machine
from tests.systemd.newcomer import set_up
from tests.systemd.readme import CLONE, commands, follow
from tests.systemd.service import PLAIN, kept, service

pytestmark = pytest.mark.processes

OPERATIONS = "docs/operations.md"
#: Both tools, and a wheel of the program and of all that it needs: the tools are given no index for it.
PREPARE = f"""
test -d /srv/wheels && exit
python3 -m venv /srv/tools
/srv/tools/bin/pip install -q -c {CLONE}/constraints.txt pipx uv
/srv/tools/bin/pip wheel -q -c {CLONE}/constraints.txt -w /srv/wheels {CLONE}
"""
ENVIRON = (
    "export PATH=/srv/tools/bin:$PATH PIPX_DEFAULT_PYTHON=/usr/bin/python3 UV_PYTHON_DOWNLOADS=never"
    " PIP_NO_INDEX=1 PIP_FIND_LINKS=/srv/wheels UV_NO_INDEX=1 UV_FIND_LINKS=/srv/wheels; "
)
PIPX, UV = (
    "PIPX_HOME=/opt/pipx PIPX_BIN_DIR=/usr/local/bin pipx",
    "UV_TOOL_DIR=/opt/uv UV_TOOL_BIN_DIR=/usr/local/bin uv tool",
)


@pytest.mark.parametrize(
    ("words", "tool", "program"),
    [
        pytest.param("## pipx and uv", PIPX, "/opt/pipx/venvs/chaport-sync/bin/chaport-sync", id="pipx"),
        pytest.param("PIPX_HOME=", UV, "/opt/uv/chaport-sync/bin/chaport-sync", id="uv"),
    ],
)
async def test_a_wheel_becomes_a_service(host: Machine, words: str, tool: str, program: str) -> None:
    """The lines of the page replace an installation by another one, whose service runs, also after `init`."""
    await host.tell("sh", "-euc", PREPARE, within=300)
    wheel = (await host.tell("sh", "-c", "echo /srv/wheels/chaport_sync-*.whl")).strip()
    async with service(host) as place, kept(host):
        await host.tell("rm", "-rf", "/opt/chaport-sync", "/usr/local/bin/chaport-sync")
        lines = [ENVIRON + re.sub(r" \.$", f" {wheel}", line) for line in commands(words, OPERATIONS)]
        assert lines[0].startswith(f"{ENVIRON}{tool} install ")
        typed = await follow(host, lines, place.sandbox, place.urls)
        assert [(each.line, each.done.code) for each in typed] == [(line, 0) for line in lines], typed[-1]
        assert f"\nExecStart={program} run\n" in await host.tell("cat", f"/etc/systemd/system/{PLAIN.unit}")
        await place.systemctl("start")
        await until(lambda: place.chaport.status_of(place.ann) == "online")
        await host.tell("chaport-sync", "status")
        assert ".SH SYNOPSIS" in await host.tell("cat", "/usr/local/share/man/man1/chaport-sync.1")
        await host.tell("chaport-sync", "service", "remove", "--purge", "--yes")
        await set_up(host, program, place.sandbox, place.urls)
        assert await place.show("ActiveState") == "active"
        await host.tell("chaport-sync", "service", "remove", "--purge", "--yes")
        await host.tell("bash", "-c", f"{ENVIRON}{tool} uninstall chaport-sync")
        assert (await host.run("test", "-e", program)).code == 1
        found = await host.tell("find", "/etc", "/usr/local", "-name", "*chaport-sync*", "-not", "-path", f"{CLONE}*")
        assert found == ""
        # pipx leaves a lock.
        await host.tell("rm", "-rf", "/opt/pipx", "/opt/uv")
