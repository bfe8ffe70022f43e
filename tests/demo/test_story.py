"""Each expectation of the story can be missed; that all are seen with the daemon, the views' test shows."""

import asyncio
from pathlib import Path

import httpx
import pytest

from chaport_sync.sandbox import Sandbox
from chaport_sync.sandbox.story import expectations as seen
from chaport_sync.sandbox.story.script import END, EXPECTATIONS, SCENES
from chaport_sync.sandbox.story.stage import Stage
from chaport_sync.sync.transcripts import case_reader
from tests.demo.performances import missed, performance
from tests.virtual_time import VirtualTime

ONLINE, TRAINING, FLAPPING, LEAVING, OPENED, NOTED, PENDING, REOPENED, ANSWERED, OUTAGE, HEARD, ONCE = (
    expectation.words for expectation in EXPECTATIONS
)
CHAT = [OPENED, NOTED, PENDING, REOPENED, ANSWERED, HEARD, ONCE]


@pytest.mark.usefixtures("world")
async def test_without_it_nothing_is_seen(tmp_path: Path, time: VirtualTime) -> None:
    """No expectation is one that is met by doing nothing."""
    play = await performance(tmp_path, time, daemon=False)
    assert missed(play) == [expectation.words for expectation in EXPECTATIONS]
    assert all(verdict.instead for verdict in play.verdicts)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        pytest.param({"STATUS__OFFLINE_GRACE": "0"}, [TRAINING, FLAPPING, LEAVING], id="no grace"),
        pytest.param({"STATUS__LEASE": "10", "STATUS__HOLD": "0"}, [OUTAGE], id="statuses not held in an outage"),
        pytest.param({"PENDING__ENABLED": "false"}, [PENDING, REOPENED], id="never pending"),
        pytest.param({"PENDING__REOPEN_ON_HANDOFF": "false"}, [REOPENED], id="not opened for agents"),
        pytest.param({"TRANSCRIPTS__INCLUDE": '["visitor", "operator"]'}, [NOTED], id="without the bot"),
        pytest.param({"TRANSCRIPTS__ENABLED": "false", "REPLIES__ENABLED": "false"}, CHAT, id="no transcripts"),
        pytest.param({"REPLIES__ENABLED": "false"}, [HEARD], id="answers stay in Deskie"),
    ],
)
@pytest.mark.usefixtures("world")
async def test_a_wrong_daemon_misses_just_what_it_does_wrong(
    tmp_path: Path, time: VirtualTime, wrong: dict[str, str], expected: list[str]
) -> None:
    """Each expectation looks at what it names and at nothing else."""
    play = await performance(tmp_path, time, {f"CHAPORT_SYNC_{name}": value for name, value in wrong.items()})
    assert missed(play) == expected


@pytest.mark.usefixtures("world")
async def test_a_daemon_that_does_not_read_back_says_it_twice(
    tmp_path: Path, time: VirtualTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broken answer tells a daemon that looks (P1) from one that only tries again."""
    monkeypatch.setattr(case_reader, "displayed", lambda *_: {})
    play = await performance(tmp_path, time)
    assert missed(play) == [ONCE]
    assert play.verdicts[-1].instead == "there 2 times: When will it arrive?"


def test_a_blink_between_two_looks_is_seen(time: VirtualTime) -> None:
    """What the API was told counts, however short it was true, and so does what follows from the clock alone."""
    stage = Stage(Sandbox(time.now))
    post(stage, "Ann", "online", 10)
    stage.observe()
    assert seen.online_throughout(0, "Ann")(stage) == ""
    time.advance(1)
    post(stage, "Ann", "offline", 10)
    post(stage, "Ann", "online", 10)
    stage.observe()
    assert seen.online_throughout(0, "Ann")(stage) == "Ann was offline at 1 s"
    time.advance(10)
    stage.observe()
    assert seen.online_throughout(2, "Ann")(stage) == "Ann was offline at 11 s"


def post(stage: Stage, name: str, status: str, ttl: int) -> None:
    """Set a status by the API."""
    url = f"https://app.chaport.com/api/v1/operators/{stage.operators[name].id}/status"
    headers = {"Authorization": f"Bearer {stage.sandbox.chaport.token}"}

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=stage.sandbox.transport()) as client:
            return await client.post(url, headers=headers, json={"status": status, "ttl": ttl})

    assert asyncio.run(send()).is_success


def test_the_story_is_told_in_order() -> None:
    """Scenes are in the order of time; a deadline is not before its beginning, nor after the end."""
    assert [scene.at for scene in SCENES] == sorted(scene.at for scene in SCENES)
    assert all(each.since <= each.by <= END for each in EXPECTATIONS)


def test_words_fit_a_small_terminal() -> None:
    """An expectation and its result are one line of 80 columns, and a scene's words are two."""
    assert max(len(expectation.words) for expectation in EXPECTATIONS) <= 62
    assert max(len(scene.words) for scene in SCENES) <= 2 * 70
