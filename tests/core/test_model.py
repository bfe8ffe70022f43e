"""The words of the two services: available, chosen, closed, usable, and the order of ids (S4, S6, T4, T7)."""

from dataclasses import replace

import pytest

from chaport_sync.core.model import (
    Agent,
    CaseView,
    Channel,
    Chat,
    Event,
    Message,
    Operator,
    User,
    Verdict,
    Visitor,
    id_order,
)


def test_what_the_services_did_not_say() -> None:
    """S1, S2, T4: an agent is active, an operator and a user are people, a case is there: unless it is said."""
    assert Agent("1") == Agent("1", email="", name="", active=True, status_id=None, status_word="")
    assert Operator("1") == Operator("1", email="", name="", last_status=None, real_status=None, is_bot=False)
    assert Visitor("1") == Visitor("1", name="", email="", phone="", fingerprint="")
    assert Event("1", "x") == Event("1", "x", None, "", "", "", bot_flag=False, file_name="", file_url="")
    assert Chat("v", "1") == Chat("v", "1", "", (), "", (), (), truncated=False)
    assert CaseView("1") == CaseView("1", "", "", "", "", "", deleted=False, spam=False, updated_at=0)
    assert User("1") == User("1", email="", custom_id="", linked=())
    assert Message("1") == Message("1", user_id="", staff_id="", note=False, text="", created_at=None)
    assert Channel("cch1") == Channel("cch1", title="", kind="", active=True)


def test_available() -> None:
    """S4: available means online, invisible or keep."""
    assert [verdict.value for verdict in Verdict if verdict.available] == ["online", "invisible", "keep"]


@pytest.mark.parametrize(
    ("last", "real", "status"),
    [
        pytest.param("away", "offline", "away", id="the one last chosen"),
        pytest.param(None, "offline", "offline", id="the one in effect"),
        pytest.param("", "offline", "", id="an empty word is a word"),
        pytest.param(None, None, None, id="neither"),
    ],
)
def test_status(last: str | None, real: str | None, status: str | None) -> None:
    """S6: `lastStatus` is compared, or `realStatus` where it is missing."""
    assert Operator("a", last_status=last, real_status=real).status == status


def test_closed() -> None:
    """T2: a chat is closed when Chaport calls it so, and in no other stage."""
    assert [Chat("v", "1", stage).closed for stage in ("closed", "open", "")] == [True, False, False]


CASE = CaseView("1", status="open")


@pytest.mark.parametrize(
    ("case", "usable"),
    [
        pytest.param(CASE, True, id="open"),
        pytest.param(replace(CASE, status="waiting"), True, id="pending"),
        pytest.param(replace(CASE, status="closed"), False, id="closed"),
        pytest.param(replace(CASE, deleted=True), False, id="deleted"),
        pytest.param(replace(CASE, spam=True), False, id="spam"),
        pytest.param(replace(CASE, parent_id="2"), False, id="merged"),
    ],
)
def test_usable(case: CaseView, usable: bool) -> None:  # noqa: FBT001 - a table
    """T4: a case takes a chat unless it is closed, deleted or spam; a merged one is not where people look."""
    assert case.usable is usable


@pytest.mark.parametrize(
    "ordered",
    [
        pytest.param(["9", "10", "0x5"], id="numbers by size, before the rest"),
        pytest.param(["0", "1", "a", "b"], id="the rest by its letters"),
        pytest.param(["99", "", "5a", "a1", "a5"], id="what only begins with a number is none"),
        pytest.param(["7", "\u00b2", "\u0663"], id="other scripts' digits are no numbers"),
    ],
)
def test_order_of_ids(ordered: list[str]) -> None:
    """T7: ids are strings; those that are numbers are compared as numbers."""
    assert sorted(set(ordered), key=id_order) == ordered
