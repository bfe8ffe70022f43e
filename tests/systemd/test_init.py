"""From a clone to a service that runs, by the questions of `init`."""

import json
import time

import pytest

from chaport_sync.doctor import FAILED
from tests.processes.daemon_process import until
from tests.processes.terminal import company_of_ann
from tests.systemd.conftest import Installed
from tests.systemd.machine import Machine
from tests.systemd.newcomer import set_up
from tests.systemd.service import PLAIN, PROGRAM, PURGE, kept

pytestmark = pytest.mark.processes

#: What the machine may need of the three minutes that the first day may take, most of which somebody reads (seconds).
SOON = 90.0


async def test_a_first_day(host: Machine, installed: Installed) -> None:
    """P6, P8: a newcomer answers the questions, and has a service that runs, starts with the host, and is well."""
    sandbox = company_of_ann()
    async with kept(host), sandbox.serve() as urls:
        await host.tell("sh", "-c", PURGE)
        began = time.monotonic() - installed.seconds
        seen = await set_up(host, PROGRAM, sandbox, urls)
        (ann,) = sandbox.chaport.operators
        await until(lambda: sandbox.chaport.status_of(ann) == "online")
        assert time.monotonic() - began < SOON
        assert (await host.run("systemctl", "is-enabled", PLAIN.unit)).out == "enabled\n"
        findings = json.loads(await host.tell("chaport-sync", "check", "--json"))["findings"]
        assert [each for each in findings if each["result"] == FAILED] == []
        assert sandbox.deskie.api_key not in seen
