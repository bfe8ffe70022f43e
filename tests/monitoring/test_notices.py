"""Notices on the running daemon: told once, over a restart, when a service fails, and never in a flow's way."""

import asyncio
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from chaport_sync.app import App
from chaport_sync.clock import Clock
from chaport_sync.config.rules import notice_rules
from chaport_sync.core.notices import Attendance, NoticeRules, Told
from chaport_sync.monitoring import notices as noticing
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.monitoring.notices import Notices, forget
from chaport_sync.state_file import state_path
from chaport_sync.store import Store
from tests.daemon.running import running
from tests.transcripts.stories import begin
from tests.world import World, only

MINUTE = 60.0
STATUSES = ("transcripts.enabled = false", "status.offline_grace = 0")


class Recorder:
    """A service that keeps what it is sent, or does not take it."""

    def __init__(self, world: World, name: str = "json") -> None:
        self.name = name
        self.broken = False
        self.tries: list[float] = []
        self.got: list[tuple[float, str, str]] = []
        self._world = world

    def send(self, title: str, body: str) -> None:
        """Take a notice; an error has words that must not be told."""
        self.tries.append(self._world.now())
        if self.broken:
            raise ConnectionError("json://user:secret@mail.example")
        self.got.append((self._world.now(), title.removeprefix("chaport-sync: "), body))

    @property
    def titles(self) -> list[str]:
        """What it was told."""
        return [title for _, title, _ in self.got]


def _telling(*services: Recorder) -> Callable[[App], Monitor]:
    def monitor(app: App) -> Monitor:
        flows = [flow.name for flow in app.flows]
        notices = Notices(app.store, app.clock, flows, notice_rules(app.settings), services)
        return Monitor(app.store, app.clock, flows, tolerate=app.settings.health.tolerate, notices=notices)

    return monitor


async def test_nobody_is_online(world: World) -> None:
    """When the last operator has been offline for ten minutes that is told once, with who left; then the end."""
    ann, _ = world.pair("Ann")
    recorder = Recorder(world)
    async with running(world, *STATUSES, monitor=_telling(recorder)):
        await asyncio.sleep(5 * MINUTE)
        assert recorder.got == []
        ann.status_id = 2
        await asyncio.sleep(MINUTE)
        left = only(world.events("status.nobody_online"))
        assert left["online"] == 0
        gone = world.now()
        await asyncio.sleep(8 * MINUTE)
        assert recorder.got == []
        await asyncio.sleep(60 * MINUTE)
        ((at, title, body),) = recorder.got
        assert 8 * MINUTE < at - gone <= 11 * MINUTE
        assert title == "nobody is online"
        assert "Ann left last, at 09:0" in body
        ann.status_id = 1
        await asyncio.sleep(MINUTE)
        assert recorder.titles == ["nobody is online", "somebody is online again"]
        await asyncio.sleep(30 * MINUTE)
        assert len(recorder.got) == 2
    assert [(each["via"], each["notice"], each["over"]) for each in world.events("notify.sent")] == [
        ("json", "nobody_online", False),
        ("json", "nobody_online", True),
    ]


async def test_the_same_over_a_restart(world: World) -> None:
    """The time goes on over a restart; what was told is not told again, and its end is."""
    ann, _ = world.pair("Ann", status=2)
    first, second, third = Recorder(world), Recorder(world), Recorder(world)
    async with running(world, *STATUSES, monitor=_telling(first)):
        await asyncio.sleep(8 * MINUTE)
    async with running(world, *STATUSES, monitor=_telling(second)):
        await asyncio.sleep(3 * MINUTE)
        assert (first.titles, second.titles) == ([], ["nobody is online"])
        assert "left last" not in second.got[0][2]
    async with running(world, *STATUSES, monitor=_telling(third)):
        await asyncio.sleep(30 * MINUTE)
        assert third.got == []
        ann.status_id = 1
        await asyncio.sleep(MINUTE)
        assert third.titles == ["somebody is online again"]


async def test_only_within_the_hours(world: World) -> None:
    """It is Monday, 09:00: with hours from 10:00 it is told at 10:10."""
    world.pair("Ann", status=2)
    recorder = Recorder(world)
    async with running(world, *STATUSES, 'notify.hours = ["Mon-Fri 10:00-18:00"]', monitor=_telling(recorder)):
        await asyncio.sleep(69 * MINUTE)
        assert recorder.got == []
        await asyncio.sleep(2 * MINUTE)
        assert recorder.titles == ["nobody is online"]


async def test_nobody_to_be_online(world: World) -> None:
    """While no operator is paired, nobody is missed."""
    world.deskie.add_agent("Ann", "ann@acme.example", 1)
    world.chaport.add_operator("Bo", "bo@acme.example")
    recorder = Recorder(world)
    async with running(world, *STATUSES, monitor=_telling(recorder)):
        await asyncio.sleep(30 * MINUTE)
    assert recorder.got == []


async def test_a_service_that_fails(world: World) -> None:
    """It is tried again with growing pauses, said once and without its address; the other one is told once."""
    world.pair("Ann", status=2)
    broken, other = Recorder(world), Recorder(world, "json 2")
    broken.broken = True
    async with running(world, *STATUSES, monitor=_telling(broken, other)):
        await asyncio.sleep(41 * MINUTE)
        assert other.titles == ["nobody is online"]
        pauses = [later - earlier for earlier, later in pairwise(broken.tries)]
        assert [30 * 2**count <= pause < 30 * 2**count + 20 for count, pause in enumerate(pauses[:4])] == [True] * 4
        assert all(300 <= pause < 320 for pause in pauses[4:])
        failed = only(world.events("notify.failed"))
        assert (failed["via"], failed["error"]) == ("json", "ConnectionError")
        assert "secret" not in str(world.log)
        broken.broken = False
        await asyncio.sleep(6 * MINUTE)
        assert (broken.titles, other.titles) == (["nobody is online"],) * 2
        assert only(world.events("notify.recovered"))["via"] == "json"


async def test_over_before_it_could_be_told(world: World) -> None:
    """Who could not be told of a trouble hears neither of it nor of its end once it is over."""
    ann, _ = world.pair("Ann", status=2)
    recorder = Recorder(world)
    recorder.broken = True
    async with running(world, *STATUSES, monitor=_telling(recorder)):
        await asyncio.sleep(12 * MINUTE)
        assert recorder.tries
        ann.status_id = 1
        await asyncio.sleep(MINUTE)
        recorder.broken = False
        await asyncio.sleep(30 * MINUTE)
    assert recorder.got == []


async def test_a_service_that_hangs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that does not answer is given up, and holds up neither a cycle nor the end."""
    world.pair("Ann", status=2)
    begun: list[float] = []

    async def beside(_: Callable[[], None]) -> None:
        begun.append(world.now())
        await asyncio.sleep(1e6)

    async with running(world, *STATUSES, "notify.nobody_online_for = 60", monitor=_telling(Recorder(world))):
        await asyncio.sleep(30)
        with monkeypatch.context() as patch:
            patch.setattr(world.clock, "beside", beside)
            await asyncio.sleep(60)
            before = len(world.sandbox.requests_of("deskie"))
            await asyncio.sleep(noticing.PATIENCE)
            assert len(world.sandbox.requests_of("deskie")) > before + 2
            assert only(world.events("notify.failed"))["error"] == "TimeoutError"
            await asyncio.sleep(noticing.FIRST_PAUSE + 20)
            assert len(begun) == 2
        ending = world.now()
    assert ending - begun[1] < noticing.PATIENCE
    assert world.now() - ending == pytest.approx(noticing.MOMENT)


@pytest.mark.processes
async def test_one_thread_for_each_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a thread waits for a service no second one begins, and the end does not wait for it."""
    monkeypatch.setattr(noticing, "PATIENCE", 0.02)
    monkeypatch.setattr(noticing, "FIRST_PAUSE", 0.0)
    monkeypatch.setattr(noticing, "LONGEST_PAUSE", 0.0)
    calls, release = [], threading.Event()

    class Hanging:
        name = "json"

        def send(self, title: str, _body: str) -> None:
            calls.append(title)
            release.wait(10)

    store = Store.open(tmp_path / "state.db")
    notices = Notices(store, Clock(), ["statuses"], NoticeRules(), [Hanging()])
    for _ in range(20):
        notices.tell("statuses: down")
        await asyncio.sleep(0.01)
    assert len(calls) == 1
    release.set()
    for _ in range(100):
        notices.tell("statuses: down")
        await asyncio.sleep(0.01)
        if len(calls) > 1:
            break
    assert len(calls) == 2
    await notices.aclose()
    assert store.marks.get(Told).services["json"].troubles
    store.close()


async def test_a_flow_is_down(world: World) -> None:
    """What `[health] tolerate` does not tolerate is told with its reason; a restart neither repeats nor ends it."""
    world.pair("Ann")
    first, second = Recorder(world), Recorder(world)
    world.lines["notify.nobody_online_for"] = "604800"
    async with running(world, *STATUSES, monitor=_telling(first)):
        await asyncio.sleep(MINUTE)
        world.sandbox.faults.outage("deskie")
        await asyncio.sleep(14 * MINUTE)
        assert first.got == []
        await asyncio.sleep(30 * MINUTE)
        assert first.titles == ["something does not work"]
        assert first.got[0][2].startswith("statuses: down for 15 min: Deskie: ")
    async with running(world, *STATUSES, monitor=_telling(second)):
        await asyncio.sleep(30 * MINUTE)
        assert second.got == []
        world.sandbox.faults.recover("deskie")
        await asyncio.sleep(10 * MINUTE)
    assert second.titles == ["everything works again"]


async def test_a_flow_stands_still(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """P10: that is told though no cycle ends any more, and its end when cycles end again."""
    world.pair("Ann")
    recorder, goes_on = Recorder(world), asyncio.Event()
    async with running(world, *STATUSES, monitor=_telling(recorder)):
        await asyncio.sleep(MINUTE)

        async def hang(*_: object) -> None:
            await goes_on.wait()

        monkeypatch.setattr("chaport_sync.sync.statuses.lists.ListReader.read", hang)
        await asyncio.sleep(3 * MINUTE)
        assert recorder.titles == ["something does not work"]
        assert recorder.got[0][2].startswith("statuses: nothing done for ")
        monkeypatch.undo()
        goes_on.set()
        await asyncio.sleep(2 * MINUTE)
        assert recorder.titles[1:] == ["everything works again"]


async def test_events_are_parked(world: World) -> None:
    """P3: what Deskie rejects is told by its number, without a word of it; and when all of it is there."""
    story = await begin(world)
    await world.stop()
    world.deskie.quirks.reject_text = "BAD"
    recorder = Recorder(world)
    async with running(world, monitor=_telling(recorder)):
        story.visitor_says("Hi")
        await asyncio.sleep(MINUTE)
        story.visitor_says("BAD words")
        await asyncio.sleep(15 * MINUTE)
        assert recorder.titles == ["events are parked"]
        assert recorder.got[0][2].startswith("1 event of a chat is parked")
        assert not {"BAD", "Mary"} & set(recorder.got[0][2].split())
        world.deskie.quirks.reject_text = ""
        beside = Store.beside(state_path(world.settings(), {}))
        beside.transcripts.retry_parked()
        beside.close()
        await asyncio.sleep(5 * MINUTE)
        assert recorder.titles == ["events are parked", "nothing is parked any more"]


async def test_whoever_is_told_later(world: World) -> None:
    """When nobody is told any more, what was told before is forgotten: a new beginning tells what is so then."""
    world.pair("Ann", status=2)
    first, second = Recorder(world), Recorder(world)
    async with running(world, *STATUSES, monitor=_telling(first)):
        await asyncio.sleep(12 * MINUTE)
    app = await world.start()
    assert app.store.marks.get(Told).services["json"].troubles
    forget(app.store)
    assert (app.store.marks.get(Told), app.store.marks.get(Attendance)) == (Told(), Attendance())
    await world.stop()
    async with running(world, *STATUSES, monitor=_telling(second)):
        await asyncio.sleep(9 * MINUTE)
        assert second.got == []
        await asyncio.sleep(3 * MINUTE)
    assert (first.titles, second.titles) == (["nobody is online"],) * 2
