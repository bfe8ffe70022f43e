"""Deskie's lists in all their shapes (Deskie reference, 1.3)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaport_sync.api import decode


def ids(answer: Any) -> list[int]:
    """Return the ids of the cases in a list."""
    return [row["case_id"] for row in decode.rows(answer, "case")]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"case": []}, id="key"),
        pytest.param({"total_count": 0}, id="count"),
        pytest.param([], id="array"),
        pytest.param({}, id="object"),
    ],
)
def test_an_empty_list(answer: Any) -> None:
    """1.3: an empty result has at least four shapes, none of them an error."""
    assert ids(answer) == []
    assert not decode.total(answer)


def test_keys_are_sorted_as_numbers() -> None:
    """1.3: the order is that of the numeric keys, 2 before 10, whatever order the members come in."""
    answer = {str(key): {"case": {"case_id": key}} for key in (10, 2, 0, 11, 1)} | {"total_count": 5}
    assert ids(answer) == [0, 1, 2, 10, 11]


def test_an_array() -> None:
    """1.3: a PHP encoder emits a plain array when the keys are 0 to n and there is no total."""
    assert ids([{"case": {"case_id": 2}}, {"case": {"case_id": 1}}]) == [2, 1]


def test_what_is_no_member_is_ignored() -> None:
    """1.3: collect every digit-key member that contains the wrapper; ignore the rest."""
    rest = {"total_count": 1, "links": {}, "1": {"user": {}}, "2": None, "3": {"case": []}, "x4": {"case": {}}}
    huge = {"9" * 5000: {"case": {"case_id": 9}}, "²": {"case": {"case_id": 9}}, "٣": {"case": {"case_id": 9}}}
    assert ids({"0": {"case": {"case_id": 7}}} | rest | huge) == [7]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [({"total_count": 5}, 5), ({"total_count": "5"}, 5), ({"count": 5}, 5), ({}, None), ([], None), (None, None)],
)
def test_the_total(answer: Any, expected: int | None) -> None:
    """1.3: `total_count`, or `count` for statuses; without it the total is unknown."""
    assert decode.total(answer) == expected


@given(st.permutations(range(30)))
def test_any_order_of_members_is_one_list(order: list[int]) -> None:
    """1.3: JSON objects have no order; the list's order is in its keys."""
    assert ids({str(key): {"case": {"case_id": key}} for key in order}) == list(range(30))
