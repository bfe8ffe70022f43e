"""Single values as both services write them (Deskie reference 1.4 and 14, Chaport reference 1)."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaport_sync.api import decode

MAY_FIFTH = datetime(2014, 5, 4, 21, 15, 17, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("Mon, 05 May 2014 00:15:17 +0300", id="RFC 2822"),
        pytest.param("Sun, 05 May 2014 00:15:17 +0300", id="wrong weekday"),
        pytest.param("Sun, 04 May 2014 23:15:17 +0200", id="the other offset of the account"),
        pytest.param("04 May 2014 21:15:17 GMT", id="no weekday"),
        pytest.param("2014-05-04T21:15:17.000Z", id="ISO 8601"),
        pytest.param("2014-05-05T00:15:17+03:00", id="ISO 8601 with an offset"),
        pytest.param("2014-05-04T21:15:17", id="ISO 8601 without an offset is UTC"),
        pytest.param(1399238117, id="Unix seconds"),
        pytest.param(1399238117000, id="Unix milliseconds"),
        pytest.param("1399238117", id="Unix seconds as a text"),
        pytest.param("1399238117000", id="Unix milliseconds as a text"),
        pytest.param(" 2014-05-04T21:15:17Z ", id="with spaces around it"),
    ],
)
def test_a_moment(value: Any) -> None:
    """Deskie reference 1.4: the offset counts, the weekday does not; Chaport reference 1: ISO and Unix times."""
    assert decode.moment(value) == MAY_FIFTH


@pytest.mark.parametrize(
    "value",
    [
        *["-", "", "  ", "0000-00-00 00:00:00", "yesterday", "0001-01-01T00:00:00+23:59"],
        *["1 Jan 99999999999999999999 00:00:00 +0000", "5 May 2014 00:15:17 +99999999999999"],
        *["2014-05-05 00:15:17" + " " * 100, "5 May 2014 00:15:17 +0300 " + "x" * 100],
        *[0, -5, True, None, [], float("nan"), float("inf"), 10**400],
    ],
)
def test_no_moment(value: Any) -> None:
    """Deskie reference 1.4: `-` is no value; whatever else is no time, or too long, is none, and never an error."""
    assert decode.moment(value) is None


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans(), st.lists(st.integers())))
def test_no_value_is_too_strange(value: Any) -> None:
    """Deskie reference 9, row 14: no single value makes a reader fail."""
    moment = decode.moment(value)
    assert moment is None or moment > 0
    assert isinstance(decode.ident(value), str)
    assert decode.whole(value) is None or isinstance(decode.whole(value), int)
    assert decode.truth(value) in (True, False)
    assert isinstance(decode.text({"key": value}, "key"), str)


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2099, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_moment_is_read_alike(moment: datetime) -> None:
    """Deskie reference 1.4, Chaport reference 1: RFC 2822 and ISO 8601 mean the same second."""
    second = moment.replace(microsecond=0)
    assert decode.moment(format_datetime(second)) == second.timestamp()
    assert decode.moment(second.isoformat()) == second.timestamp()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *[(12, "12"), ("12", "12"), (" 12 ", "12"), ("67db74c36679c4267a1c2af1", "67db74c36679c4267a1c2af1")],
        *[(0, ""), ("0", ""), (" 0 ", ""), ("-", ""), (None, ""), (True, ""), (1.5, ""), ([], ""), ({}, "")],
    ],
)
def test_an_id(value: Any, expected: str) -> None:
    """Chaport reference 1: ids come as strings or numbers; Deskie reference 3.1: 0 is nobody."""
    assert decode.ident(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, 7),
        ("7", 7),
        (" 7 ", 7),
        ("-7", -7),
        ("", None),
        ("7.5", None),
        ("\N{ARABIC-INDIC DIGIT SEVEN}", None),
        (True, None),
        (7.0, None),
    ],
)
def test_a_number(value: Any, expected: int | None) -> None:
    """Deskie reference 3.1: numbers may come as strings."""
    assert decode.whole(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), (1, True), ("1", True), ("true", True), (False, False), (0, False), ("0", False), ("", False)],
)
def test_a_yes_or_no(value: Any, expected: bool) -> None:  # noqa: FBT001 - a row of a table
    """Deskie reference 3.1: a flag may come as a number or a word."""
    assert decode.truth(value, default=not expected) is expected


def test_a_missing_flag_has_its_default() -> None:
    """Deskie reference 1.3: fields may be missing."""
    assert decode.truth(None, default=True)
    assert not decode.truth(None)


def test_a_text_of_digits_may_have_become_a_number() -> None:
    """Deskie reference 3.1: be lenient; a message "42" must be recognised when it is read back (P1)."""
    assert decode.text({"content": 42}, "content") == "42"
    assert decode.text({"content": True, "content_html": "<p>42</p>"}, "content", "content_html") == "<p>42</p>"


def test_an_object_id_is_a_clock() -> None:
    """Chaport reference U7: the first eight digits of an ObjectId are its second, a fallback for a missing time."""
    assert decode.object_id_moment("67db74c36679c4267a1c2af1") == 0x67DB74C3
    assert decode.object_id_moment("67DB74C36679C4267A1C2AF1") is None
    assert decode.object_id_moment("17") is None
