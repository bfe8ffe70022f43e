"""How the schedule goes on when a cycle takes longer than a poll (S5, S6)."""

from pathlib import Path

import pytest

from tests.processes.daemon_process import host, until

#: Cycles of the status flow that take so much longer than its poll of a second (seconds).
LONG, CYCLES = 1.3, 6


@pytest.mark.processes
async def test_a_long_cycle_loses_no_turn(tmp_path: Path) -> None:
    """S5: after a cycle longer than a poll comes the next at once: nobody waits for a whole poll after each burst."""
    async with host(tmp_path) as place:
        place.configure("transcripts.enabled = false", "status.poll = 1")
        place.sandbox.deskie.add_agent("Ann", "ann@acme.example", 2)
        place.sandbox.chaport.add_operator("Ann", "ann@acme.example")
        place.sandbox.faults.add("latency", side="deskie", path="staff.json", times=None, seconds=LONG)
        await place.start()
        await until(lambda: len(place.sandbox.requests_of("chaport", "GET")) > CYCLES, within=60)
        moments = [request.at.timestamp() for request in place.sandbox.requests_of("chaport", "GET")][: CYCLES + 1]
        assert (moments[-1] - moments[0]) / CYCLES < (LONG + 2) / 2
