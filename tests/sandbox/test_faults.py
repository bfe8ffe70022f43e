"""Each fault as a client meets it in-process, and what it leaves behind."""

import asyncio

import httpx
import pytest

from chaport_sync.sandbox.deskie.records import Case
from tests.sandbox.conftest import Bench


@pytest.fixture
def case(bench: Bench) -> Case:
    """An open case, to which `close` is an effect that shows."""
    return bench.account.open_case(bench.account.add_user(email="mary@mail.example"))


def close(bench: Bench, case: Case) -> httpx.Response:
    """A write."""
    return bench.deskie("PUT", f"/cases/{case.id}.json", {"case": {"status": "closed"}})


def noted(bench: Bench) -> tuple[str, int, bool]:
    """The fault, status and effect of the only request."""
    [entry] = bench.sandbox.journal
    return entry.fault, entry.status, entry.effect


def test_latency(bench: Bench, case: Case) -> None:
    """An answer comes late, on the loop's time."""
    bench.sandbox.faults.add("latency", seconds=3)
    assert close(bench, case).status_code == 200
    assert bench.clock.elapsed == pytest.approx(3)
    assert noted(bench) == ("latency", 200, True)


def test_the_server_goes_on_without_its_client(bench: Bench, case: Case) -> None:
    """A client that gives up a slow request does not undo it."""
    bench.sandbox.faults.add("latency", seconds=3)

    async def impatient() -> None:
        async with bench.deskie_client() as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await client.put(f"/api/cases/{case.id}.json", json={"case": {"status": "closed"}})
        assert case.status == "open"
        await bench.sandbox.settle()

    bench.run(impatient())
    assert case.status == "closed"


def test_effects_are_told_apart(bench: Bench, case: Case) -> None:
    """Among simultaneous requests only the one that changed something is said to have done so."""

    async def ask(client: httpx.AsyncClient, status: str) -> None:
        await client.put(f"/api/cases/{case.id}.json", json={"case": {"status": status}})

    async def crowd() -> None:
        async with bench.deskie_client() as client:
            await asyncio.gather(*(ask(client, status) for status in ["open", "open", "closed", "closed", "closed"]))

    bench.run(crowd())
    assert [entry.effect for entry in bench.sandbox.journal] == [False, False, True, False, False]


def test_errors(bench: Bench, case: Case) -> None:
    """A refusal has the status and body asked for, and no effect."""
    bench.sandbox.faults.add("error", status=503, body="busy")
    answer = close(bench, case)
    assert (answer.status_code, answer.text) == (503, "busy")
    assert noted(bench) == ("error", 503, False)
    bench.sandbox.faults.add("error")
    assert close(bench, case).status_code == 500
    bench.sandbox.faults.add("error", status=400, body={"error": "wrong"})
    assert close(bench, case).json() == {"error": "wrong"}


def test_too_many(bench: Bench, case: Case) -> None:
    """Each side has its own header for the seconds; Deskie's answer says that nothing is left, and costs nothing."""
    bench.sandbox.faults.add("too_many", retry_after=7)
    answer = close(bench, case)
    assert (answer.status_code, answer.headers["retry_after"], answer.headers["api_calls_left"]) == (429, "7", "0")
    assert bench.deskie("GET", "/staff.json").headers["api_calls_left"] == "59"
    bench.sandbox.faults.add("too_many", side="chaport", retry_after=7)
    assert bench.chaport("GET", "/me.json").headers["Retry-After"] == "7"
    bench.sandbox.faults.add("too_many", side="chaport")
    assert "Retry-After" not in bench.chaport("GET", "/me.json").headers


def test_reset_before(bench: Bench, case: Case) -> None:
    """The connection is cut and nothing happened."""
    bench.sandbox.faults.add("reset_before")
    with pytest.raises(httpx.ReadError):
        close(bench, case)
    assert noted(bench) == ("reset_before", 0, False)
    assert case.status == "open"


def test_reset_after(bench: Bench, case: Case) -> None:
    """The connection is cut and it happened."""
    bench.sandbox.faults.add("reset_after")
    with pytest.raises(httpx.ReadError):
        close(bench, case)
    assert noted(bench) == ("reset_after", 0, True)
    assert case.status == "closed"


def test_hang(bench: Bench, case: Case) -> None:
    """No answer ever comes."""
    bench.sandbox.faults.add("hang")
    with pytest.raises(httpx.ReadTimeout):
        close(bench, case)
    assert noted(bench) == ("hang", 0, False)


def test_late_effect(bench: Bench, case: Case) -> None:
    """The client gives up, and later it happens after all."""
    bench.sandbox.faults.add("late_effect", delay=30)

    async def give_up() -> None:
        async with bench.deskie_client(timeout=20) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.put(f"/api/cases/{case.id}.json", json={"case": {"status": "closed"}})
            assert case.status == "open"
            assert noted(bench) == ("late_effect", 0, False)
            await asyncio.sleep(9.9)
            assert case.status == "open"
            await asyncio.sleep(0.2)

    bench.run(give_up())
    assert case.status == "closed"
    assert noted(bench) == ("late_effect", 0, True)


def test_late_effects_can_be_dropped(bench: Bench, case: Case) -> None:
    """Closing the sandbox leaves nothing to happen."""
    bench.sandbox.faults.add("late_effect", delay=30)

    async def give_up() -> None:
        async with bench.deskie_client(timeout=20) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.put(f"/api/cases/{case.id}.json", json={"case": {"status": "closed"}})
        await bench.sandbox.aclose()
        await bench.sandbox.settle()
        await asyncio.sleep(60)

    bench.run(give_up())
    assert case.status == "open"


@pytest.mark.parametrize("status", [0, 200], ids=["502", "200"])
def test_html(bench: Bench, case: Case, status: int) -> None:
    """A page from something in between, and no effect."""
    bench.sandbox.faults.add("html", status=status)
    answer = close(bench, case)
    assert (answer.status_code, answer.headers["content-type"]) == (status or 502, "text/html; charset=utf-8")
    assert noted(bench) == ("html", status or 502, False)


def test_truncated(bench: Bench, case: Case) -> None:
    """The answer's JSON ends in the middle; the effect took place."""
    bench.sandbox.faults.add("truncated")
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        close(bench, case).json()
    assert noted(bench) == ("truncated", 200, True)


def test_moved_rows(bench: Bench) -> None:
    """A later page repeats a row of the page before, or lacks one; the first page is never struck."""
    for number in range(5):
        bench.account.add_agent(f"Agent {number}", f"{number}@acme.example")
    bench.live_chat.quirks.page_size = 2
    for name in "ABCDEF":
        bench.live_chat.add_visitor(name)

    def staff(page: int) -> list[int]:
        answer = bench.deskie("GET", "/staff.json", page=page, limit=2).json()
        return [answer[name]["staff"]["staff_id"] - 41000 for name in answer if name.isdigit()]

    def visitors(page: int) -> str:
        return "".join(row["name"] for row in bench.chaport("GET", "/visitors", page=page).json()["result"])

    bench.sandbox.faults.add("duplicate_page", times=2)
    assert [staff(1), staff(2), visitors(2), staff(2)] == [[1, 2], [2, 3], "ED", [3, 4]]
    bench.sandbox.faults.add("shifted_page", times=2)
    assert [staff(1), staff(2), visitors(2), visitors(2)] == [[1, 2], [4, 5], "CB", "DC"]


def test_outage(bench: Bench) -> None:
    """One side answers 503 to everything, until it recovers."""
    bench.sandbox.faults.outage("deskie")
    assert bench.deskie("GET", "/staff.json").status_code == 503
    assert bench.chaport("GET", "/me.json").status_code == 200
    bench.sandbox.faults.recover("deskie")
    assert bench.deskie("GET", "/staff.json").status_code == 200
