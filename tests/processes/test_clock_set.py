"""The clock of the machine is set while the daemon runs, with its real scheduler (P2, P10)."""

import json
from functools import partial
from pathlib import Path

import pytest

from tests.processes.daemon_process import Host, host, until
from tests.processes.wall_clock import set_by, set_to

pytestmark = pytest.mark.processes

HOUR, YEAR = 3600.0, 365 * 86400.0


@pytest.mark.parametrize("steps", [(-HOUR, 0.0), (YEAR, 10 * YEAR)], ids=["back", "forward"])
async def test_the_clock_is_set(tmp_path: Path, steps: tuple[float, ...]) -> None:
    """P2, P10: polls go on, the operator stays online beyond a lease, and `status` says that all is well."""
    clock = tmp_path / "clock"
    set_to(clock, 0.0)
    wrong = partial(set_by, clock)
    async with host(tmp_path) as place:
        place.sandbox.deskie.add_agent("Ann", "ann@acme.example", 1)
        ann = place.sandbox.chaport.add_operator("Ann", "ann@acme.example")
        place.configure("status.lease = 10")
        daemon = await place.start(trap=wrong)
        await until(lambda: daemon.events("daemon.ready") and daemon.events("status.changed"))
        for step in steps:
            set_to(clock, step)
            place.sandbox.forget_requests()
            await until(
                lambda: len([each for each in place.sandbox.journal if each.path.endswith("/operators")]) > 3, 8
            )
            assert place.sandbox.chaport.status_of(ann) == "online"
            status = await place.start("status", "--json", trap=wrong)
            assert await status.ended() == 0, status.output
            told = json.loads(status.output)
            assert [flow["state"] for flow in told["flows"]] == ["ok", "ok"]
            assert all(0 <= flow["good_seconds_ago"] <= 15 for flow in told["flows"])
        assert not daemon.events("poll.failed")
        assert daemon.running


def _polls(place: Host) -> int:
    return sum(request.path.endswith("/operators") for request in place.sandbox.journal)
