"""Deskie's lists: shapes, paging, dates (Deskie reference, sections 1.3 to 1.5, 2, 6 and 7)."""

from typing import Any, Literal

import pytest

from tests.sandbox.conftest import Bench


def rows(answer: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The wrapped records, in the order of their numbers."""
    numbers = sorted((name for name in answer if name.isdigit()), key=int)
    return [answer[name][key] for name in numbers]


def test_list_shape(bench: Bench) -> None:
    """A list is an object with numbers as keys, each wrapping a record, and `total_count` beside them."""
    bench.account.add_agent("Ann", "ann@acme.example")
    answer = bench.deskie("GET", "/staff.json", page=1, limit=100).json()
    assert list(answer) == ["0", "1", "total_count"]
    assert answer["total_count"] == 2
    assert answer["1"]["staff"] == {
        "staff_id": 41002,
        "staff_email": "ann@acme.example",
        "staff_full_name": "Ann",
        "staff_signature": "Regards, Ann",
        "thumbnail": "",
        "active": True,
        "status": "online",
        "status_id": 1,
        "created_at": "Mon, 02 Nov 2026 12:00:00 +0300",
        "updated_at": "Mon, 02 Nov 2026 12:00:00 +0300",
    }


def test_statuses_are_counted_with_count(bench: Bench) -> None:
    """Statuses have the reference's ids, and `count` instead of `total_count`."""
    answer = bench.deskie("GET", "/staff_statuses.json").json()
    assert [row["status_id"] for row in rows(answer, "staff_statuses")] == [1, 3, 113808, 120273, 2]
    assert answer["count"] == 5
    assert "total_count" not in answer


def test_pages(bench: Bench) -> None:
    """Pages count from 1, and `total_count` is of all pages."""
    for number in range(4):
        bench.account.add_agent(f"Agent {number}", f"{number}@acme.example")
    second = bench.deskie("GET", "/staff.json", page=2, limit=2).json()
    assert [row["staff_full_name"] for row in rows(second, "staff")] == ["Agent 1", "Agent 2"]
    assert second["total_count"] == 5
    assert not rows(bench.deskie("GET", "/staff.json", page=4, limit=2).json(), "staff")


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 101}, {"page": 0}, {"page": 501}, {"page": "x"}, {"offset": 1}], ids=str
)
def test_bad_paging_is_refused(bench: Bench, query: dict[str, Any]) -> None:
    """Outside 1 to 100 and 1 to 500, or by another name, paging is a bad request."""
    assert bench.deskie("GET", "/staff.json", **query).status_code == 400


def test_one_agent(bench: Bench) -> None:
    """An agent can be read alone, until deleted; a renamed one has the new name."""
    ann = bench.account.add_agent("Ann", "ann@acme.example")
    bench.account.rename_agent(ann, name="Anna")
    bench.account.disable_agent(ann)
    staff = bench.deskie("GET", f"/staff/{ann.id}.json").json()["staff"]
    assert (staff["staff_full_name"], staff["active"], staff["status_id"]) == ("Anna", False, 1)
    bench.account.enable_agent(ann)
    assert bench.deskie("GET", f"/staff/{ann.id}.json").json()["staff"]["active"] is True
    bench.account.delete_agent(ann)
    gone = bench.deskie("GET", f"/staff/{ann.id}.json")
    assert (gone.status_code, gone.json()) == (404, {"error": "staff_not_found"})


def test_custom_status(bench: Bench) -> None:
    """A custom status reads as offline in the deprecated word."""
    bench.account.add_status(130001, "Night shift")
    ann = bench.account.add_agent("Ann", "ann@acme.example")
    bench.account.set_status(ann, 130001)
    staff = bench.deskie("GET", f"/staff/{ann.id}.json").json()["staff"]
    assert (staff["status_id"], staff["status"]) == (130001, "offline")


def test_own_channels(bench: Bench) -> None:
    """`channel_api_key` is what a case's channel holds."""
    bench.account.add_channel(13, type="sync")
    channels = rows(bench.deskie("GET", "/custom_channels.json").json(), "custom_channel")
    assert [(row["channel_id"], row["channel_api_key"], row["channel_type"]) for row in channels] == [
        (12, "cch12", "async"),
        (13, "cch13", "sync"),
    ]


def test_users_are_found_by_parts_of_texts(bench: Bench) -> None:
    """Text filters are parts; `^` anchors an end; below three characters they are refused."""
    mary = bench.account.add_user("Mary", email="mary@mail.example")
    rosemary = bench.account.add_user("Rosemary", email="rosemary@mail.example")
    bench.account.link_users(mary, rosemary)

    def found(pattern: str) -> list[int]:
        answer = bench.deskie("GET", "/users.json", user_email=pattern).json()
        return [row["user_id"] for row in rows(answer, "user")]

    assert found("mary@mail") == [mary.id, rosemary.id]
    assert found("^mary@mail") == [mary.id]
    assert found("rosemary@mail.example^") == [rosemary.id]
    assert found("^mary@mail.example^") == [mary.id]
    assert found("^mary@mail^") == []
    assert bench.deskie("GET", "/users.json", user_email="^ma").status_code == 400
    assert bench.deskie("GET", f"/users/{mary.id}.json").json()["user"]["linked_users"] == [rosemary.id]
    assert bench.deskie("GET", "/users/1.json").json() == {"error": "user_not_found"}


@pytest.mark.parametrize("bare", [False, True], ids=["cch12", "12"])
def test_users_of_a_channel(bench: Bench, bare: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A user's own channel is answered with or without `cch`, and taken both ways."""
    bench.account.quirks.bare_channel = bare
    user = bench.account.add_user(custom_id="v1", channel="cch12")
    for spelling in ("cch12", "12"):
        answer = bench.deskie("GET", "/users.json", user_custom_id="v1", user_custom_channel=spelling).json()
        assert [row["user_id"] for row in rows(answer, "user")] == [user.id]
        assert answer["0"]["user"]["user_custom_channel"] == ("12" if bare else "cch12")


@pytest.mark.parametrize(
    ("shape", "expected"),
    [("key", {"user": []}), ("count", {"total_count": 0}), ("array", []), ("object", {})],
    ids=str,
)
def test_empty_lists(bench: Bench, shape: Literal["key", "count", "array", "object"], expected: Any) -> None:
    """An empty list has one of four shapes."""
    bench.account.quirks.empty_list = shape
    assert bench.deskie("GET", "/users.json").json() == expected


def test_odd_shapes(bench: Bench) -> None:
    """Lists may be arrays, lack their count, hold numbers as texts, or say more than is known."""
    quirks = bench.account.quirks
    quirks.omit_total_count = quirks.ids_as_strings = quirks.extra_fields = quirks.omit_status_id = True
    quirks.wrong_weekdays = True
    answer = bench.deskie("GET", "/staff.json").json()
    assert list(answer) == ["0"]
    staff = answer["0"]["staff"]
    assert (staff["staff_id"], staff["active"], staff["status"]) == ("41001", True, "offline")
    assert "status_id" not in staff
    assert "added_later" in staff
    assert staff["created_at"] == "Tue, 02 Nov 2026 12:00:00 +0300"
    quirks.lists_as_arrays = True
    assert [list(row) for row in bench.deskie("GET", "/staff.json").json()] == [["staff"]]
