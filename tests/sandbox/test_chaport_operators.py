"""Chaport's operators and the statuses lent to them (Chaport reference, section 2)."""

from typing import Any, Literal

import httpx
import pytest

from chaport_sync.sandbox.chaport.records import Operator
from tests.sandbox.conftest import Bench


def set_status(bench: Bench, operator: Operator, **body: Any) -> httpx.Response:
    """Ask for a status."""
    return bench.chaport("POST", f"/operators/{operator.id}/status", body)


def words(bench: Bench, operator: Operator) -> tuple[str, str]:
    """`lastStatus` and `realStatus`, as read."""
    result = bench.chaport("GET", f"/operators/{operator.id}").json()["result"]
    return result["lastStatus"], result["realStatus"]


def test_operators(bench: Bench, jon: Operator) -> None:
    """All operators come at once, with the fields of the reference's example, and without bots."""
    bench.live_chat.add_bot("Robin")
    assert bench.chaport("GET", "/operators").json() == {
        "result": [
            {
                "id": jon.id,
                "email": "jon@acme.example",
                "name": "Jon",
                "language": "en",
                "jobTitle": "Support",
                "role": "operator",
                "lastLoginAt": "2026-11-02T09:00:00.000Z",
                "lastActivityAt": "2026-11-02T09:00:00.000Z",
                "image": "",
                "lastStatus": "offline",
                "realStatus": "offline",
            }
        ]
    }
    assert len(jon.id) == 24
    assert int(jon.id[:8], 16) == jon.created_at.timestamp()


def test_former_operators(bench: Bench, jon: Operator) -> None:
    """U17: who is deactivated stays in the list and is marked; who is deleted is gone."""
    live_chat = bench.live_chat
    live_chat.deactivate_operator(jon)
    live_chat.remove_operator(live_chat.add_operator("Zoe", "zoe@acme.example"))
    [row] = bench.chaport("GET", "/operators").json()["result"]
    assert (row["id"], row["deactivated"]) == (jon.id, True)


def test_lease_in_seconds(bench: Bench, jon: Operator) -> None:
    """A status holds for its lifetime, after which the operator is offline; setting it again renews it."""
    assert set_status(bench, jon, status="online", ttl=600).json()["result"]["lastStatus"] == "online"
    bench.clock.advance(599)
    assert words(bench, jon) == ("online", "online")
    set_status(bench, jon, status="online", ttl=600)
    bench.clock.advance(599)
    assert words(bench, jon) == ("online", "online")
    bench.clock.advance(1)
    assert words(bench, jon) == ("offline", "offline")


def test_lease_until_a_time(bench: Bench, jon: Operator) -> None:
    """The end may be given as a time."""
    set_status(bench, jon, status="away", validUntil="2026-11-02T10:00:00.000Z")
    bench.clock.advance(3599)
    assert words(bench, jon) == ("away", "away")
    bench.clock.advance(1)
    assert words(bench, jon) == ("offline", "offline")


def test_a_person_ends_the_lease(bench: Bench, jon: Operator) -> None:
    """What a person sets holds, whatever the word."""
    set_status(bench, jon, status="online", ttl=600)
    bench.live_chat.operator_sets(jon, "lunching")
    bench.clock.advance(3600)
    assert words(bench, jon) == ("lunching", "lunching")


@pytest.mark.parametrize(
    "body",
    [
        {"status": "online"},
        {"ttl": 600},
        {"status": "invisible", "ttl": 600},
        {"status": "online", "ttl": 0},
        {"status": "online", "ttl": 1.5},
        {"status": "online", "ttl": True},
        {"status": "online", "ttl": "600"},
        {"status": "online", "ttlSeconds": 600},
        {"status": "online", "ttl": 600, "validUntil": "2030-01-01T00:00:00Z"},
        {"status": "online", "validUntil": "2026-11-02T09:00:00Z"},
        {"status": "online", "validUntil": "2030-01-01T00:00:00"},
        {"status": "online", "validUntil": "tomorrow"},
        {"status": "online", "validUntil": 1900000000},
        [],
    ],
    ids=str,
)
def test_setting_is_strict(bench: Bench, jon: Operator, body: Any) -> None:
    """A known word and exactly one lifetime, which lies ahead."""
    assert bench.chaport("POST", f"/operators/{jon.id}/status", body).status_code == 400
    assert words(bench, jon) == ("offline", "offline")
    assert not any(entry.effect for entry in bench.sandbox.journal)


def test_lifetime_names_and_bounds(bench: Bench, jon: Operator) -> None:
    """Which names the lifetime has is not settled (U1), nor how long it may be; a refusal names the field."""
    bench.live_chat.quirks.lifetime_fields = {"ttlSeconds", "valid_until"}
    bench.live_chat.quirks.max_lifetime = 3600
    assert set_status(bench, jon, status="online", ttl=600).json() == {"error": {"message": "unknown field: ttl"}}
    assert set_status(bench, jon, status="online", ttlSeconds=600).status_code == 200
    assert set_status(bench, jon, status="online", valid_until="2026-11-02T09:10:00+00:00").status_code == 200
    assert set_status(bench, jon, status="online", ttlSeconds=3601).status_code == 400


def test_status_quirks(bench: Bench, jon: Operator) -> None:
    """Words may be missing, without effect, or with more beside them; the answer may be empty."""
    quirks = bench.live_chat.quirks
    quirks.ineffective.add(jon.id)
    quirks.status_answer = "empty"
    assert set_status(bench, jon, status="online", ttl=600).json() == {}
    assert words(bench, jon) == ("online", "offline")
    quirks.last_status_missing = quirks.real_status_missing = True
    quirks.status_text_extra = "in a call"
    result = bench.chaport("GET", f"/operators/{jon.id}").json()["result"]
    assert "lastStatus" not in result
    assert "realStatus" not in result
    assert result["statusText"] == "in a call"


def test_unknown_operator(bench: Bench, jon: Operator) -> None:
    """An operator who is gone is 404."""
    bench.live_chat.remove_operator(jon)
    assert bench.chaport("GET", f"/operators/{jon.id}").status_code == 404
    assert set_status(bench, jon, status="online", ttl=600).status_code == 404


def test_token(bench: Bench) -> None:
    """Without the right token everything is 401; a list can be out of its reach."""
    assert bench.chaport("GET", "/me.json").json() == {"result": {"name": "Acme"}}
    bench.live_chat.forbidden.add("/api/v1/operators")
    assert bench.chaport("GET", "/operators").status_code == 403

    async def with_old_token() -> int:
        async with bench.chaport_client() as client:
            bench.live_chat.token = "another"
            return (await client.get("/api/v1/me.json")).status_code

    assert bench.run(with_old_token()) == 401


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("error.message", '{"error":{"message":"not found"}}'),
        ("message", '{"message":"not found"}'),
        ("error", '{"error":"not found"}'),
        ("errors", '{"errors":[{"message":"not found"}]}'),
        ("text", "not found"),
    ],
)
def test_refusals(
    bench: Bench, shape: Literal["error.message", "message", "error", "errors", "text"], expected: str
) -> None:
    """The shape of a refusal is not known (U13); an unknown path or method is one."""
    bench.live_chat.quirks.errors = shape
    for method, path in (("GET", "/chats"), ("GET", "/operators/"), ("PUT", "/operators")):
        answer = bench.chaport(method, path)
        assert (answer.status_code, answer.text) == (404, expected)


def test_pace(bench: Bench) -> None:
    """No limit is known (U12); one that is set holds in any second, with or without a hint."""
    for _ in range(100):
        assert bench.chaport("GET", "/me.json").status_code == 200
    bench.clock.advance(1)
    bench.live_chat.requests_per_second = 2
    codes = [bench.chaport("GET", "/me.json").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert bench.chaport("GET", "/me.json").headers["Retry-After"] == "1"
    bench.live_chat.quirks.retry_after = False
    assert "Retry-After" not in bench.chaport("GET", "/me.json").headers
    assert bench.live_chat.too_fast == 3
    bench.clock.advance(1)
    assert bench.chaport("GET", "/me.json").status_code == 200
