"""What a case is opened with: its status and its time (Deskie reference, section 3.2)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.conftest import Bench
from tests.virtual_time import START

CHAT = {"user_custom_id": "visitor-1", "channel": "cch12", "subject": "Chat", "content": "Hello"}
YESTERDAY = START - timedelta(days=1)
WRITTEN = "Sun, 01 Nov 2026 12:00:00 +0300"


def opened(bench: Bench, **fields: Any) -> dict[str, Any]:
    """The case of a successful request to open one."""
    answer = bench.deskie("POST", "/cases.json", {"case": CHAT | fields})
    assert answer.status_code == 201
    case: dict[str, Any] = answer.json()["case"]
    return case


def test_status(bench: Bench) -> None:
    """A new case has the status that the body asks for, or Deskie's own, and Deskie's own where none is asked for."""
    bench.account.quirks.initial_status = "waiting"
    assert opened(bench)["status"] == "waiting"
    assert opened(bench, status="open")["status"] == "open"
    assert opened(bench, status="closed")["closed_at"] == "Mon, 02 Nov 2026 12:00:00 +0300"
    bench.account.quirks.opening_sets_status = False
    assert opened(bench, status="closed")["status"] == "waiting"
    assert bench.account.cases[-1].changelog == []


def test_a_channel_that_takes_no_waiting(bench: Bench) -> None:
    """It takes the status no more with the opening than later."""
    bench.account.quirks.refuse_waiting.add("cch12")
    assert opened(bench, status="waiting")["status"] == "open"


@pytest.mark.parametrize("written", [int(YESTERDAY.timestamp()), WRITTEN], ids=["seconds", "a date"])
def test_time(bench: Bench, written: int | str) -> None:
    """A case and its first message have the time that the body names, or the real one; the change is of now."""
    case = opened(bench, created_at=written)
    [message] = bench.account.messages(case["case_id"])
    assert (case["created_at"], message.created_at) == (WRITTEN, YESTERDAY)
    assert case["updated_at"] == "Mon, 02 Nov 2026 12:00:00 +0300"
    bench.account.quirks.opening_sets_time = False
    assert opened(bench, created_at=written)["created_at"] == "Mon, 02 Nov 2026 12:00:00 +0300"


@pytest.mark.parametrize("written", ["soon", "", "Sun, 01 Nov 2026 12:00:00", 10**15], ids=str)
def test_no_time(bench: Bench, written: int | str) -> None:
    """What is no time is refused."""
    answer = bench.deskie("POST", "/cases.json", {"case": CHAT | {"created_at": written}})
    assert (answer.status_code, answer.json()) == (400, {"error": "incorrect_created_at"})
    assert not bench.account.cases


def test_a_case_of_yesterday_is_new(bench: Bench) -> None:
    """A search finds it, and its chat ends, by the time at which it was really opened."""
    bench.account.add_channel(13, type="sync")
    bench.account.quirks.search_lag = 10
    opened(bench, channel="cch13", created_at=WRITTEN)
    [case] = bench.account.cases
    assert case.active_chat
    assert bench.deskie("GET", "/cases.json", show_active_chats="1").json() == {"total_count": 0}
