"""Error answers, by what the caller should do about them (P3, P4)."""

from collections.abc import Callable
from typing import Any

import pytest

from chaport_sync.api.errors import (
    ApiError,
    Conflict,
    Executed,
    Forbidden,
    Malformed,
    Missing,
    Rejected,
    Throttled,
    Unauthorised,
    Unavailable,
)
from chaport_sync.api.request_queue import Share
from tests.api.accounts import Account, answer

KINDS = [
    (400, Rejected),
    (401, Unauthorised),
    (402, Rejected),
    (403, Forbidden),
    (404, Missing),
    (405, Rejected),
    (408, Unavailable),
    (409, Conflict),
    (413, Rejected),
    (422, Rejected),
    (429, Throttled),
    (500, Unavailable),
    (502, Unavailable),
    (503, Unavailable),
    (504, Unavailable),
    (599, Unavailable),
    (301, Malformed),
    (304, Malformed),
]


async def failure(account: Account, method: str = "GET") -> ApiError:
    """Return the error of one request."""
    asked = account.deskie.case("7") if method == "GET" else account.deskie.add_note("7", "Hello")
    with pytest.raises(ApiError) as raised:
        await asked
    return raised.value


@pytest.mark.parametrize(("status", "kind"), KINDS)
async def test_each_status_is_one_kind_of_error(status: int, kind: type[ApiError]) -> None:
    """P3, P4: 401 and 403 need a person, 404 and rejections concern the record, 429 and 5xx pass."""
    error = await failure(Account(answer("oops", status)))
    assert type(error) is kind
    assert str(error).startswith(f"Deskie: {'redirected' if status < 400 else status}")
    assert error.answered


@pytest.mark.parametrize(("status", "kind"), KINDS)
async def test_what_a_write_may_have_done(status: int, kind: type[ApiError]) -> None:
    """P1: a refusal was not executed; after a 5xx, a redirect or a 408 nobody knows, though there was an answer."""
    error = await failure(Account(answer({"error": "case_not_found"}, status)), "POST")
    unclear = kind in (Unavailable, Malformed)
    assert (type(error), error.executed is Executed.UNCLEAR, error.answered) == (kind, unclear, True)


@pytest.mark.parametrize("body", [{"error": "rate limit exceeded"}, "Rate-limit exceeded", {"message": "RATE LIMIT"}])
async def test_a_403_that_speaks_of_a_rate_limit(body: Any) -> None:
    """P4, Deskie reference 1.1: before June 2024 the limit answered 403; it is a 429."""
    error = await failure(Account(answer(body, 403, retry_after="600")))
    assert isinstance(error, Throttled)
    assert error.retry_after == 600
    assert type(await failure(Account(answer({"error": "access_denied"}, 403)))) is Forbidden


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize(
    ("word", "kind", "shown"),
    [
        ("staff_not_active", Rejected, "staff_not_active"),
        ("case_not_found", Missing, "case_not_found"),
        ("Hello, I am Mary", Rejected, "an error that is not a code"),
        ({"content": "Hello"}, Rejected, "an error that is not a code"),
        (17, Rejected, "an error that is not a code"),
    ],
)
async def test_an_error_in_a_good_answer(status: int, word: Any, kind: type[ApiError], shown: str) -> None:
    """Deskie reference 1.2: check `error` even on 2xx; a word that is a code is shown, anything else is not (P6)."""
    for method in ("GET", "POST"):
        error = await failure(Account(answer({"error": word}, status)), method)
        assert (type(error), error.detail, error.executed) == (kind, shown, Executed.NO)


@pytest.mark.parametrize("nothing", [None, "", False, 0, []])
async def test_no_error_in_a_good_answer(nothing: Any) -> None:
    """Deskie reference 1.2: an `error` that says nothing is none."""
    account = Account(answer({"error": nothing, "case": {"case_id": 7}}))
    assert (await account.deskie.case("7")).id == "7"


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "ttl is not allowed"}},
        {"message": "ttl is not allowed"},
        {"error": "ttl is not allowed"},
        {"errors": [{"message": "ttl is not allowed"}, {"message": "more"}]},
        {"errors": ["ttl is not allowed"]},
        "ttl is not allowed",
        "  ttl is\n not\x1b allowed ",
        '"ttl is not allowed"',
    ],
)
async def test_each_shape_of_chaports_errors(body: Any) -> None:
    """U13, U1: whatever the shape, the words are shown, in one line; about an operator they decide what to do."""
    account = Account(answer(body, 400))
    with pytest.raises(Rejected) as raised:
        await account.chaport.set_status("op1", "online", 600)
    both = "400 ttl is not allowed (with ttl); 400 ttl is not allowed (with validUntil)"
    assert " ".join(raised.value.detail.split()) == both


@pytest.mark.parametrize("body", ["<html>busy</html>", " <!doctype html>", {}, {"error": {}}, {"errors": []}, [], ""])
async def test_an_error_without_words(body: Any) -> None:
    """U13: a web page or an empty error has no words worth showing."""
    with pytest.raises(Unavailable) as raised:
        await Account(answer(body, 500)).chaport.operators(Share.STATUS)
    assert raised.value.detail == "500"


async def test_long_words_are_cut() -> None:
    """U13: an error's words are capped."""
    with pytest.raises(Unavailable) as raised:
        await Account(answer("x" * 10_000, 500)).chaport.operators(Share.STATUS)
    assert len(str(raised.value)) < 300


@pytest.mark.parametrize(
    ("make", "advice"),
    [
        (lambda: Unauthorised("Deskie", "GET /staff.json", "401"), "check the credentials"),
        (lambda: Forbidden("Deskie", "GET /staff.json", "403"), "lacks this permission"),
        (lambda: Missing("Deskie", "GET /staff.json", "404"), ""),
    ],
)
def test_an_error_says_what_to_do(make: Callable[[], ApiError], advice: str) -> None:
    """Who, what, where, and what a person can do."""
    assert str(make()).startswith("Deskie: 40")
    assert "(GET /staff.json)" in str(make())
    assert advice in str(make())
