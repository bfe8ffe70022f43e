"""Who may use Deskie's API, how much, and what it does not take (Deskie reference, sections 1 and 1.1)."""

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import Bench
from tests.virtual_time import START


def test_credentials(bench: Bench) -> None:
    """Without the staff e-mail and the key in HTTP Basic, everything is 401."""
    bench.account.api_key = "another"
    assert bench.deskie("GET", "/staff.json").status_code == 200

    async def without(**how: Any) -> int:
        async with bench.deskie_client(**how) as client:
            return (await client.get("/api/staff.json")).status_code

    assert bench.run(without(auth=("sync@acme.example", "sandbox-deskie-key"))) == 401
    assert bench.run(without(auth=None)) == 401
    assert bench.run(without(auth=None, headers={"Authorization": "Basic !"})) == 401


def test_forbidden_paths(bench: Bench) -> None:
    """A list can be out of the agent's reach."""
    bench.account.forbidden.add("/api/staff.json")
    assert bench.deskie("GET", "/staff.json").status_code == 403
    assert bench.deskie("GET", "/staff_statuses.json").status_code == 200


def test_unknown_paths(bench: Bench) -> None:
    """A path or method that is not the API's is a page of HTML."""
    for method, path in (
        ("GET", "/staff"),
        ("GET", "/staff.json/"),
        ("DELETE", "/staff.json"),
        ("POST", "/users.json"),
    ):
        answer = bench.deskie(method, path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("content_type", "content"),
    [("text/plain", '{"case":{"status":"open"}}'), ("application/json", "{"), ("application/json", "1")],
    ids=["not declared", "not JSON", "not an object"],
)
def test_bodies_are_declared_json(bench: Bench, content_type: str, content: str) -> None:
    """A body is JSON and says so."""
    case = bench.account.open_case(bench.account.add_user(email="mary@mail.example"))

    async def put() -> httpx.Response:
        async with bench.deskie_client() as client:
            headers = {"Content-Type": content_type}
            return await client.put(f"/api/cases/{case.id}.json", content=content, headers=headers)

    assert bench.run(put()).status_code == 400


def test_a_fixed_minute(bench: Bench) -> None:
    """What was spent counts until the clock's minute is over; only a refusal tells how many seconds that takes."""
    bench.account.requests_per_minute = 5
    case = bench.account.open_case(bench.account.add_user(email="mary@mail.example"))
    path, body = f"/cases/{case.id}.json", {"case": {"status": "waiting"}}
    bench.clock.advance(45)
    answers = [bench.deskie("PUT", path, body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["api_calls_left"] for answer in answers] == ["3", "1", "0"]
    assert [answer.headers.get("retry_after") for answer in answers] == [None, None, "15"]
    last = bench.deskie("GET", path)
    assert (last.status_code, last.headers["api_calls_left"], "retry_after" in last.headers) == (200, "0", False)
    bench.clock.advance(14.5)
    assert bench.deskie("GET", path).headers["retry_after"] == "1"
    bench.clock.advance(0.5)
    assert bench.deskie("PUT", path, body).headers["api_calls_left"] == "3"


def test_what_never_fits_a_fixed_minute(bench: Bench) -> None:
    """It is told to wait for the next one all the same."""
    bench.account.requests_per_minute = 0
    assert bench.deskie("GET", "/staff.json").headers["retry_after"] == "60"


def test_a_sliding_minute(bench: Bench) -> None:
    """A read costs 1, a write 2, over the last 60 seconds; a refused request costs nothing.

    The last answers before the limit may tell the wait too.
    """
    bench.account.quirks.minute = "sliding"
    bench.account.quirks.retry_after_early = True
    bench.account.requests_per_minute = 5
    case = bench.account.open_case(bench.account.add_user(email="mary@mail.example"))
    path, body = f"/cases/{case.id}.json", {"case": {"status": "waiting"}}
    first = bench.deskie("GET", path)
    assert (first.headers["rate_limit_per_minute"], first.headers["api_calls_left"]) == ("5", "4")
    assert "retry_after" not in first.headers
    bench.clock.advance(10)
    assert bench.deskie("PUT", path, body).headers["api_calls_left"] == "2"
    bench.clock.advance(10)
    last = bench.deskie("GET", path)
    assert (last.headers["api_calls_left"], last.headers["retry_after"]) == ("1", "40")
    refused = bench.deskie("PUT", path, body)
    assert (refused.status_code, refused.headers["retry_after"]) == (429, "40")
    assert bench.deskie("GET", path).status_code == 200
    assert bench.deskie("GET", path).headers["retry_after"] == "40"
    bench.clock.advance(40)
    assert bench.deskie("GET", path).status_code == 200
    assert [entry.units for entry in bench.sandbox.journal] == [1, 2, 1, 2, 1, 1, 1]
    assert [entry.status for entry in bench.sandbox.journal] == [200, 200, 200, 429, 200, 429, 200]


def test_budget_is_the_account_s(bench: Bench) -> None:
    """Others spend of the same limit; in earlier years the answer was 403."""
    bench.account.others_spend(60)
    assert bench.deskie("GET", "/staff.json").status_code == 429
    bench.account.quirks.rate_limit_as_403 = True
    refused = bench.deskie("GET", "/staff.json")
    assert (refused.status_code, refused.json()) == (403, {"error": "rate limit exceeded"})


def test_journal(bench: Bench) -> None:
    """Every request is noted with what it asked, when, at what price and with what effect."""
    case = bench.account.open_case(bench.account.add_user(email="mary@mail.example"))
    bench.deskie("GET", "/staff.json", page=1)
    bench.deskie("PUT", f"/cases/{case.id}.json", {"case": {"status": "waiting"}})
    bench.deskie("PUT", f"/cases/{case.id}.json", {"case": {"status": "waiting"}})
    bench.chaport("GET", "/operators")
    read, write, again, other = bench.sandbox.journal
    assert (read.side, read.method, read.path, read.at, read.units) == ("deskie", "GET", "/api/staff.json", START, 1)
    assert (dict(read.query), read.parameter("page"), read.body) == ({"page": "1"}, "1", None)
    assert (write.body, write.units, write.effect, again.effect) == ({"case": {"status": "waiting"}}, 2, True, False)
    assert bench.sandbox.requests_of("deskie", "PUT", "/api/cases") == [write, again]
    assert bench.sandbox.requests_of("chaport") == [other]
    bench.sandbox.forget_requests()
    assert bench.sandbox.journal == []
