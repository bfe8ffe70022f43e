"""What the service knows, what others can see of it, and whose its files are (P6, P7)."""

import pytest

from tests.systemd.machine import Machine
from tests.systemd.service import PROGRAM, Service, eventually, service

pytestmark = pytest.mark.processes

#: The user ids that systemd gives to users that exist only while a service runs.
DYNAMIC = range(61184, 65520)


async def _user(place: Service) -> int:
    """Return the user that the daemon runs as."""
    return int(await place.machine.tell("stat", "-c", "%u", f"/proc/{await place.pid()}"))


async def test_secrets_come_as_credentials(host: Machine) -> None:
    """P6: systemd hands the secrets over as files; the environment names their directory and holds none of them."""
    async with service(host) as place:
        await place.systemctl("start")
        environ = (await place.machine.tell("cat", f"/proc/{await place.pid()}/environ")).split("\0")
        assert f"CREDENTIALS_DIRECTORY=/run/credentials/{place.files.unit}" in environ
        for secret in (place.deskie.api_key, place.chaport.token):
            assert secret not in str(environ)
        # The daemon's user cannot read the files that root keeps, so they did come this way.
        user = str(await _user(place))
        for name in ("deskie_api_key", "chaport_token"):
            path = f"{place.files.settings}/{name}"
            assert (await host.run("setpriv", "--reuid", user, "--clear-groups", "cat", path)).code != 0


async def test_no_secret_in_the_journal(host: Machine) -> None:
    """P6: neither the daemon nor systemd writes a secret into the journal, even when one is refused."""
    async with service(host) as place:
        await place.configure('log.level = "debug"')
        await place.systemctl("start")
        secrets = (place.deskie.api_key, place.chaport.token)
        place.deskie.api_key = "another"
        await eventually(lambda: place.events("poll.failed"))
        told = await place.machine.tell("journalctl", "-q", "-o", "export", "-a")
        told += await place.systemctl("show")
        assert "poll.failed" in told
        for secret in secrets:
            assert secret not in told


async def test_state_is_the_services_own(host: Machine) -> None:
    """P7: the state directory is the dynamic user's, mode 0700, and the state file in it 0600."""
    async with service(host) as place:
        await place.systemctl("start")
        user = await _user(place)
        assert user in DYNAMIC
        told = await place.machine.tell("stat", "-c", "%u %a", place.files.state, f"{place.files.state}/state.db")
        assert told.splitlines() == [f"{user} 700", f"{user} 600"]


async def test_commands_of_another_user(host: Machine) -> None:
    """P7: who is not root cannot read the state of the service, and is told what to do."""
    async with service(host) as place:
        await place.systemctl("start")
        done = await host.run("setpriv", "--reuid", "65534", "--clear-groups", PROGRAM, "status")
        assert done.code == 1
        assert "the state file /var/lib/chaport-sync/state.db cannot be read" in done.err
        assert "use sudo" in done.err
        assert "Traceback" not in done.err


async def test_commands_find_the_state(host: Machine) -> None:
    """Root's commands read the state of the running service and do not disturb it."""
    async with service(host) as place:
        await place.systemctl("start")
        told = await place.machine.tell(PROGRAM, "status")
        assert "/var/lib/chaport-sync/state.db (in use by a running daemon)" in told
