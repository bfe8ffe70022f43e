"""Each command as an administrator types it, against both services over real HTTP."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.processes.daemon_process import Host, host, until

pytestmark = pytest.mark.processes


def _people(place: Host) -> None:
    place.sandbox.deskie.add_agent("Ann", "ann@acme.example", 1)
    place.sandbox.chaport.add_operator("Ann", "ann@acme.example")


async def _asked(place: Host, *arguments: str) -> tuple[int, Any]:
    """Run a command with `--json`, and return its exit code and what it printed after its log."""
    command = await place.start(*arguments, "--json")
    code = await command.ended()
    printed = "\n".join(line for line in command.output.splitlines() if not line.startswith('{"timestamp"'))
    return code, json.loads(printed)


async def test_once(tmp_path: Path) -> None:
    """`once` sets who is available; with `--dry-run` it only says so."""
    async with host(tmp_path) as place:
        _people(place)
        ann = place.sandbox.chaport.operators[0]
        code, dry = await _asked(place, "once", "--dry-run")
        assert (code, dry["dry_run"], place.sandbox.chaport.status_of(ann)) == (0, True, "offline")
        code, done = await _asked(place, "once")
        assert (code, done["errors"], place.sandbox.chaport.status_of(ann)) == (0, [], "online")
        assert done["replies"] is None


async def test_once_with_answers(tmp_path: Path) -> None:
    """`once` sends what agents answered, and `--dry-run` only says so (R1)."""
    async with host(tmp_path) as place:
        _people(place)
        place.configure("status.enabled = false", "replies.enabled = true", 'transcripts.start = "2026-01-01"')
        deskie, chaport = place.sandbox.deskie, place.sandbox.chaport
        chat = chaport.start_chat(chaport.add_visitor("Mary"))
        chaport.visitor_says(chat, "Where is my order?")
        await _asked(place, "once")
        deskie.agent_replies(deskie.cases[0], next(each for each in deskie.staff if each.name == "Ann"), "On its way.")
        _, dry = await _asked(place, "once", "--dry-run")
        assert [each["event"] for each in dry["replies"]] == ["reply.found", "reply.sent"]
        assert chaport.sent_to_visitors == []
        code, done = await _asked(place, "once")
        assert (code, [each["event"] for each in done["replies"]]) == (0, ["reply.found", "reply.sent"])
        assert [event.text for event in chaport.sent_to_visitors] == ["On its way."]


@pytest.mark.parametrize("arguments", [("agents",), ("once", "--dry-run")], ids=" ".join)
async def test_a_refused_key(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """What failed is said first and once; nothing is said of what could not be read."""
    async with host(tmp_path) as place:
        _people(place)
        (tmp_path / "deskie_api_key").write_text("wrong")
        command = await place.start(*arguments)
        assert await command.ended() == 1
        printed = [line for line in command.output.splitlines() if not line.startswith('{"timestamp"')]
        assert printed[0].startswith("Failed: Deskie: 401 ")
        # The other flow could be read, and has nothing to deliver.
        assert printed[1:] == ([] if arguments == ("agents",) else ["No chat had anything to do."])


async def test_once_for_people(tmp_path: Path) -> None:
    """Chats are told apart by their visitors, and what is done is said in words."""
    async with host(tmp_path) as place:
        _people(place)
        place.configure("status.enabled = false", 'transcripts.start = "2026-01-01"')
        chaport = place.sandbox.chaport
        for name in ("Mary", "Paul"):
            chaport.visitor_says(chaport.start_chat(chaport.add_visitor(name)), "Hello")
        command = await place.start("once", "--dry-run")
        assert await command.ended() == 0
        rows = [line.split("  ") for line in command.output.splitlines() if not line.startswith('{"timestamp"')]
        cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
        assert cells[:2] == [["Transcripts"], ["Visitor", "Chat", "Case", "Would be done"]]
        assert ["Mary", "1", "new", "case opened"] in cells
        assert ["Paul", "1", "new", "1 line put into the case as the customer's own message"] in cells


async def test_looking_around(tmp_path: Path) -> None:
    """`check` and `agents` find everything well and change nothing."""
    async with host(tmp_path) as place:
        _people(place)
        code, checked = await _asked(place, "check")
        assert (code, [each for each in checked["findings"] if each["result"] == "failed"]) == (0, [])
        code, agents = await _asked(place, "agents")
        assert (code, agents["agents"][-1]["operator"]["name"], agents["errors"]) == (0, "Ann", [])
        assert not [request for request in place.sandbox.journal if request.method != "GET"]


async def test_beside_a_running_daemon(tmp_path: Path) -> None:
    """What reads the state file works while the daemon runs, and a probe does not."""
    async with host(tmp_path) as place:
        _people(place)
        daemon = await place.start()
        await until(lambda: daemon.events("status.changed"))
        await until(lambda: daemon.events("daemon.ready"))
        for arguments in (("status",), ("explain", "ann"), ("history",), ("retry",)):
            code, _ = await _asked(place, *arguments)
            assert code == 0
        probe = await place.start("check", "--probe", "ann@acme.example", "--yes")
        assert await probe.ended() == 75
        assert "stop it for the probe" in probe.output
        assert daemon.running


async def test_a_probe_needs_consent(tmp_path: Path) -> None:
    """Without a terminal to ask in, and without `--yes`, nothing is done."""
    async with host(tmp_path) as place:
        _people(place)
        probe = await place.start("check", "--probe", "Ann")
        assert await probe.ended() == 1
        assert "A probe needs your consent" in probe.output
        unknown = await place.start("check", "--probe", "Anne", "--yes")
        assert await unknown.ended() == 1
        assert "Chaport has no operator 'Anne'; the nearest are Ann" in unknown.output
        assert not [request for request in place.sandbox.journal if request.method != "GET"]


async def test_report(tmp_path: Path) -> None:
    """A report needs no daemon, and names whom it can only name otherwise."""
    async with host(tmp_path) as place:
        _people(place)
        file = tmp_path / "report.txt"
        command = await place.start("report", str(file))
        assert await command.ended() == 0
        assert "ok pairs: 1 agent drives 1 operator" in file.read_text("utf-8")
        assert "ann" not in file.read_text("utf-8").lower().replace("channel", "").replace("cannot", "")
        assert await (await place.start("report", str(file))).ended() == 2
