"""Which records a search finds, and in which order (Deskie reference, sections 1.5, 3.3 and 6)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from chaport_sync.sandbox.deskie.records import CASE_STATUSES, PRIORITIES, Case, User
from chaport_sync.sandbox.deskie.state import DeskieState
from chaport_sync.sandbox.strict import RefusedError, whole

Values = Mapping[str, list[str]]
Row = TypeVar("Row")

PAGE = ("page", "limit")
USER_TEXTS = ("user_email", "user_phone", "user_custom_id")
USER_SINGLE = (*PAGE, *USER_TEXTS, "user_custom_channel")
CASE_MANY = (*USER_TEXTS, "user_id", "staff_id", "group_id", "channel", "priority", "status", "labels")
CASE_TIMES = ("from_time", "to_time", "from_updated_time", "to_updated_time")
CASE_SINGLE = (*PAGE, *CASE_TIMES, "subject", "show_merged_cases", "show_active_chats", "sort")

_HIGHEST_PAGE = 500
_HIGHEST_LIMIT = 100
_SHORTEST_ON_CASES = {"user_email": 4, "user_phone": 4, "subject": 4}
_SHORTEST_ON_USERS = {"user_email": 3, "user_phone": 3}
_ORDERS: dict[str, Callable[[Case], Any]] = {
    "updated_at": lambda case: case.updated_at,
    "created_at": lambda case: case.created_at,
    "response": lambda case: case.last_response_at or case.created_at,
    "priority": lambda case: PRIORITIES.index(case.priority),
    "status": lambda case: CASE_STATUSES.index(case.status),
}


def page_of(rows: Sequence[Row], values: Values, moved: int = 0) -> Sequence[Row]:
    """The rows of the page asked for; `moved` rows have come or gone before it since the page before was read."""
    limit = whole(values, "limit", _HIGHEST_LIMIT, _HIGHEST_LIMIT)
    start = (whole(values, "page", 1, _HIGHEST_PAGE) - 1) * limit + moved
    return rows[start : start + limit]


def cases(state: DeskieState, values: Values) -> list[Case]:
    """The cases found, in the order asked for."""
    _long_enough(values, _SHORTEST_ON_CASES)
    words = {"status": CASE_STATUSES, "priority": PRIORITIES}
    for name, known in words.items():
        if not set(values.get(name, ())) <= set(known):
            raise RefusedError(400, "incorrect", name)
    with_chats, with_merged = _with_active_chats(state, values), _flag(values, "show_merged_cases")
    customers = {user.id: user for user in state.users}
    findable_until = state.now() - timedelta(seconds=state.quirks.search_lag)
    found = [
        case
        for case in state.cases
        if (with_chats or not case.active_chat)
        and (with_merged or not case.parent_case_id)
        and (state.quirks.lists_trashed or not (case.deleted or case.spam))
        and case.entered_at <= findable_until
        and _case_matches(state, case, customers[case.user_id], values)
    ]
    order, _, direction = values.get("sort", ["created_at_desc"])[0].rpartition("_")
    if order not in _ORDERS or direction not in ("asc", "desc"):
        raise RefusedError(400, "incorrect", "sort")
    return _sorted(found, _ORDERS[order], newest_first=direction == "desc")


def users(state: DeskieState, values: Values) -> list[User]:
    """The users found, in the order of their creation."""
    _long_enough(values, _SHORTEST_ON_USERS)
    channels = {f"cch{value.removeprefix('cch')}" for value in values.get("user_custom_channel", ())}
    return [
        user
        for user in state.users
        if _user_matches(state, user, values) and (not channels or user.channel in channels)
    ]


def _case_matches(state: DeskieState, case: Case, user: User, values: Values) -> bool:
    own = state.find_channel(case.channel)
    plain = {
        "user_id": {str(case.user_id)},
        "staff_id": {str(case.staff_id)},
        "group_id": {str(case.group_id)},
        "priority": {case.priority},
        "status": {case.status},
        "channel": {case.channel, own.type if own else ""},
        "labels": {str(label) for label in case.labels},
    }
    return (
        _user_matches(state, user, values)
        and all(has.intersection(values[name]) for name, has in plain.items() if name in values)
        and all(_text_matches(case.subject, pattern) for pattern in values.get("subject", ()))
        and _between(case.created_at, _moment(values, "from_time"), _moment(values, "to_time"))
        and _between(case.updated_at, _moment(values, "from_updated_time"), _moment(values, "to_updated_time"))
    )


def _user_matches(state: DeskieState, user: User, values: Values) -> bool:
    has = {"user_email": user.email, "user_phone": user.phone, "user_custom_id": user.custom_id}
    for name, text in has.items():
        exact = name == "user_custom_id" and state.quirks.custom_id_search == "exact"
        patterns = values.get(name, ())
        if patterns and not any(text == one if exact else _text_matches(text, one) for one in patterns):
            return False
    return True


def _text_matches(text: str, pattern: str) -> bool:
    """`^x^` is exact, `^x` a prefix, `x^` a suffix, `x` a part; letter case does not count."""
    text, bare = text.casefold(), pattern.strip("^").casefold()
    at_start = not pattern.startswith("^") or text.startswith(bare)
    at_end = not pattern.endswith("^") or text.endswith(bare)
    whole_text = not (pattern.startswith("^") and pattern.endswith("^")) or text == bare
    return bare in text and at_start and at_end and whole_text


def _long_enough(values: Values, shortest: Mapping[str, int]) -> None:
    for name, length in shortest.items():
        if any(len(pattern.strip("^")) < length for pattern in values.get(name, ())):
            raise RefusedError(400, "incorrect", name)


def _with_active_chats(state: DeskieState, values: Values) -> bool:
    understood, asked = state.quirks.show_active_chats, _flag(values, "show_active_chats")
    if asked and understood not in ("either", values["show_active_chats"][0]):
        raise RefusedError(400, "incorrect", "show_active_chats")
    return asked


def _flag(values: Values, name: str) -> bool:
    word = values.get(name, ["false"])[0]
    if word not in ("true", "1", "false", "0"):
        raise RefusedError(400, "incorrect", name)
    return word in ("true", "1")


def _moment(values: Values, name: str) -> datetime | None:
    if name not in values:
        return None
    value = values[name][0]
    try:
        if value.isdecimal():
            return datetime.fromtimestamp(int(value), UTC)
        return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        raise RefusedError(400, "incorrect", name) from None


def _between(at: datetime, first: datetime | None, last: datetime | None) -> bool:
    """Both edges included, to the second: what Deskie does at an edge is not known."""
    second = at.replace(microsecond=0)
    return (first is None or first <= second) and (last is None or second <= last)


def _sorted(found: Sequence[Case], key: Callable[[Case], Any], *, newest_first: bool) -> list[Case]:
    # The id decides between equals, so that an order can be relied on even within one second.
    return sorted(found, key=lambda case: (key(case), case.id), reverse=newest_first)
