"""Each kind of write, killed at each of its points: the next daemon puts everything right (P1, P2, R2, S4, S6, S7)."""

import json
import signal
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.processes.crash_matrix import LEFT_BEHIND, OF_A_FILE, OF_A_LOG, Point, Row
from tests.processes.crash_scene import OFFLINE, ONLINE, Scene
from tests.processes.daemon_process import DaemonProcess, host, until
from tests.processes.scene_on_a_log import SceneOnALog

# ---- statuses

#: Shorter than a poll: whoever goes is written offline two polls later, or after a start as soon as it is confirmed.
GRACE = 0.5
_STATUSES = ("transcripts.enabled = false", f"status.offline_grace = {GRACE}")


async def _ann_has_come_and_bob_has_gone(scene: Scene) -> None:
    _, bob = scene.pair("Bob", OFFLINE)
    scene.chaport.operator_sets(bob, "online")


def _nothing(_: Scene) -> None:
    """Nothing happens."""


def _bob_is_offline(scene: Scene) -> bool:
    return scene.words() == ["online", "offline"]


def _both_were_written_once(scene: Scene) -> None:
    """Bob's grace ran on over the crash and was confirmed by a second poll; nothing was written twice (S4, S6).

    On a log it begins anew, if nothing was sent since it began: he is offline later, not sooner.
    """
    ann, bob = scene.chaport.operators
    assert (scene.written(ann), scene.written(bob)) == (["online"], ["offline"])
    since = dict(scene.recorded("SELECT operator_id, unavailable_since FROM operators"))[bob.id]
    requests = scene.made_by_this_daemon()
    assert since < requests[0].at.timestamp() or not scene.keeps_all
    (going,) = [number for number, request in enumerate(requests) if bob.id in request.path]
    assert sum(request.path == "/api/staff.json" for request in requests[:going]) >= 2


async def _ann_comes_and_goes(scene: Scene) -> None:
    await until(lambda: scene.words() == ["online"] and scene.ready())
    scene.deskie.set_status(scene.agent, OFFLINE)


def _ann_returns(scene: Scene) -> None:
    for going in scene.status_writes(scene.ann)[1:]:
        assert going.at >= scene.agent.updated_at + timedelta(seconds=GRACE)
    scene.deskie.set_status(scene.agent, ONLINE)


def _ann_is_online(scene: Scene) -> bool:
    return scene.ready() and scene.words() == ["online"]


def _each_difference_was_written_once(scene: Scene) -> None:
    """Nobody went offline who is there, and our own going was not taken for a person's doing (P2, S6, S7)."""
    assert all(word != following for word, following in pairwise(scene.written(scene.ann)))
    writes = [each.body["status"] for each in scene.made_by_this_daemon() if each.method == "POST"]
    assert writes in ([], ["online"])
    assert scene.logged("status.manual") == []


# ---- transcripts


async def _a_bot_is_asked(scene: Scene) -> None:
    scene.tell(0, 1, 2, 3, 4)


def _it_is_asked_further(scene: Scene) -> None:
    scene.tell(5, 6)


def _it_is_asked_further_if_the_case_is_pending(scene: Scene) -> None:
    """A case that is not yet must become so without further words; one that is becomes open again by them."""
    if scene.deskie.cases[0].status == "waiting":
        scene.tell(5, 6)


def _nothing_is_left(scene: Scene) -> bool:
    lines = "SELECT 1 FROM lines WHERE state = 'done'"
    due = "SELECT 1 FROM chats WHERE status_due <> ''"
    return len(scene.recorded(lines)) == len(scene.told()) and not scene.recorded(due) and _ann_is_online(scene)


def _each_event_is_shown_once(scene: Scene) -> None:
    """One case shows everything in order, each event was sent once, and the agents are not bothered (P1, C1)."""
    (case,) = scene.deskie.cases
    assert scene.shown() == scene.told()
    assert sum("Chaport chat 1" in message.text for message in case.messages) == 1
    sent = [json.dumps(request.body) for request in scene.place.sandbox.requests_of("deskie", "POST")]
    assert [sum(line.split()[-1] in body for body in sent) for _, line in scene.told()] == [1] * len(scene.told())
    assert _reads_back_first(scene)
    assert scene.deskie.sent_to_customers == []
    assert case.status == "waiting"
    puts = [request.body["case"] for request in scene.made_by_this_daemon() if request.method == "PUT"]
    assert puts == [{"status": "waiting"}]
    assert set(scene.written(scene.ann)) == {"online"}


def _reads_back_first(scene: Scene) -> bool:
    """Return whether this daemon read the case back before it delivered anything into it, unless it opened it (P1)."""
    requests = [f"{each.method} {each.path.rpartition('/')[2]}" for each in scene.made_by_this_daemon()]
    steps = ("GET messages.json", "POST cases.json", "POST messages.json", "POST note.json")
    first = next((each for each in requests if each in steps), None)
    return first not in steps[2:]


_SENDING = "SELECT 1 FROM lines JOIN chats USING (visitor_id, chat_id) WHERE state = 'sending'"


def _transcript(name: str, method: str, path: str, announced: str) -> Row:
    """Return the row of a write that is part of one conversation, the same for all of them."""
    return Row(
        name,
        *("deskie", method, path),
        announced=announced,
        settings=('transcripts.start = "2020-01-01"',),
        provoke=_a_bot_is_asked,
        meanwhile=_it_is_asked_further,
        over=_nothing_is_left,
        check=_each_event_is_shown_once,
    )


# ---- replies


async def _an_agent_answers(scene: Scene) -> None:
    scene.tell(0, 1, 2)
    await until(lambda: scene.ready() and scene.shown() == scene.told())
    scene.answer("First")


def _another_answer_is_written(scene: Scene) -> None:
    scene.answer("Second")


def _both_are_sent(scene: Scene) -> bool:
    return scene.recorded("SELECT state FROM replies") == [("done",), ("done",)] and _ann_is_online(scene)


def _each_answer_was_heard_once(scene: Scene) -> None:
    """The visitor hears both in order, and each stands in the case once, as what the agent wrote (R2)."""
    assert [event.text for event in scene.chat.events if event.author == "operator"] == ["First", "Second"]
    assert [
        sum(text in message.text for message in scene.deskie.cases[0].messages) for text in ("First", "Second")
    ] == [1, 1]
    requests = [f"{each.method} {each.path.rpartition('/')[2]}" for each in scene.made_by_this_daemon()]
    chats = {"GET chat", "GET chats", f"GET {scene.chat.id}"}
    assert any(request in chats for request in requests[: requests.index("POST messages")])


ROWS = (
    Row(
        "reply",
        *("chaport", "POST", "/messages"),
        announced="SELECT 1 FROM replies WHERE state = 'sending'",
        settings=('transcripts.start = "2020-01-01"', "replies.enabled = true", "replies.poll = 1"),
        provoke=_an_agent_answers,
        meanwhile=_another_answer_is_written,
        over=_both_are_sent,
        check=_each_answer_was_heard_once,
    ),
    Row(
        "status",
        *("chaport", "POST", "/operators/[^/]+/status"),
        announced="SELECT 1 FROM operators WHERE attempted = 'online'",
        settings=_STATUSES,
        provoke=_ann_has_come_and_bob_has_gone,
        meanwhile=_nothing,
        over=_bob_is_offline,
        check=_both_were_written_once,
    ),
    Row(
        "status offline",
        *("chaport", "POST", "/operators/[^/]+/status"),
        body='"offline"',
        announced="SELECT 1 FROM operators WHERE attempted = 'offline'",
        settings=_STATUSES,
        provoke=_ann_comes_and_goes,
        meanwhile=_ann_returns,
        over=_ann_is_online,
        check=_each_difference_was_written_once,
    ),
    _transcript("case", "POST", "/cases[.]json", f"{_SENDING} AND case_id = ''"),
    _transcript("message", "POST", "/messages[.]json", f"{_SENDING} AND case_id <> '' AND author = 'visitor'"),
    _transcript("note", "POST", "/note[.]json", f"{_SENDING} AND case_id <> '' AND author <> 'visitor'"),
    replace(
        _transcript("case status", "PUT", "/cases/[^/]+[.]json", "SELECT 1 FROM cases WHERE status_sent <> ''"),
        meanwhile=_it_is_asked_further_if_the_case_is_pending,
    ),
)


@pytest.mark.processes
@pytest.mark.parametrize("point", OF_A_FILE)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_killed_in_a_write(tmp_path: Path, row: Row, point: Point) -> None:
    """P1, P2: after SIGKILL at this point the next daemon finds out what was done, and does the rest and no more."""
    async with host(tmp_path) as place:
        place.configure(*row.settings)
        await _killed_and_put_right(Scene(place), row, point)


@pytest.mark.processes
@pytest.mark.parametrize("point", OF_A_LOG)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_killed_around_an_append(tmp_path: Path, row: Row, point: Point) -> None:
    """P1, F4: on a log, what was committed and not appended never was; what was appended is as what was recorded."""
    async with host(tmp_path) as place:
        place.configure(*row.settings)
        await _killed_and_put_right(SceneOnALog(place), row, point)


async def _killed_and_put_right(scene: Scene, row: Row, point: Point) -> None:
    daemon = await scene.start(row.trap(point))
    await row.provoke(scene)
    if point is Point.EXECUTED:
        await _kill_without_an_answer(daemon, row, scene)
    assert await daemon.ended(within=30) == -signal.SIGKILL
    sent = [(request.effect, request.status > 0) for request in row.reached(scene)]
    assert (bool(scene.recorded(row.announced)), sent) == LEFT_BEHIND[point]
    row.meanwhile(scene)
    await scene.start()
    await until(lambda: row.over(scene))
    row.check(scene)


async def _kill_without_an_answer(daemon: DaemonProcess, row: Row, scene: Scene) -> None:
    """Let the write take effect at once and its answer not come, and kill the daemon that waits for it."""
    scene.place.sandbox.faults.add("late_effect", side=row.side, method=row.method, path=row.path, delay=0)
    # At once, since another flow may see the effect and take it for the answer.
    await until(lambda: any(request.effect for request in row.reached(scene)), every=0.001)
    assert daemon.running
    daemon.kill()
