"""The requests to the Deskie API that the daemon uses (docs/deskie-api.md). `deskie_wire` reads the answers."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from chaport_sync.api import decode
from chaport_sync.api import deskie_wire as wire
from chaport_sync.api.addresses import path_part
from chaport_sync.api.errors import Executed, Malformed, Missing, Rejected
from chaport_sync.api.known_answers import Record
from chaport_sync.api.request_queue import Share
from chaport_sync.api.transport import Mismatch, Query, Transport
from chaport_sync.core.model import Agent, CaseView, Channel, Message, User

#: The most rows of a page, and the most pages of a list (Deskie reference, 1.3).
PAGE, PAGES = 100, 500
#: The most pages of messages, or of updated cases, that are read at once.
PAGES_BACK = 20


def credentials(email: str, api_key: str) -> dict[str, str]:
    """Return the header of HTTP Basic authentication: an agent's e-mail address and the account's API key."""
    return {"Authorization": "Basic " + b64encode(f"{email}:{api_key}".encode()).decode()}


class Deskie:
    """One Deskie account; `clock_there` is the time at the service."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.clock_there = transport.clock_there
        self._notes = "note.json"
        self._yes = "1"

    async def agents(self) -> tuple[Agent, ...]:
        """Read all agents, one request per hundred, and each once: pages that shift meanwhile may repeat one."""
        found: dict[str, Agent] = {}
        for page in range(1, PAGES + 1):
            query = [("page", str(page)), ("limit", str(PAGE))]
            make = _first_agents if page == 1 else wire.agents
            agents, size, total = await self._read("/staff.json", Share.STATUS, make, query)
            known = len(found)
            for agent in agents:
                found.setdefault(agent.id, agent)
            if size < PAGE or (total is not None and page * PAGE >= total) or len(found) == known:
                break
        return tuple(found.values())

    async def statuses(self) -> dict[int, str]:
        """Read the names of the account's statuses by id (Deskie reference, 2.2)."""
        answer = await self._get("/staff_statuses.json", Share.STATUS)
        return wire.status_names(decode.rows(answer, "staff_statuses"))

    async def channels(self, share: Share = Share.READING) -> tuple[Channel, ...]:
        """Read the custom channels; this list has no known pages (Deskie reference, 7)."""
        answer = await self._get("/custom_channels.json", share)
        return tuple(map(wire.channel, decode.rows(answer, "custom_channel")))

    async def find_cases(
        self, *, custom_id: str = "", user_ids: Sequence[str] = (), channel: str = "", merged: bool = False
    ) -> tuple[CaseView, ...]:
        """Search the newest hundred cases of a user, active chats included, merged ones on demand (reference, 3.3).

        Deskie's filters match substrings, so the caller compares exactly.
        """
        query = [("user_id[]", user_id) for user_id in user_ids]
        query += [("user_custom_id[]", custom_id)] if custom_id else []
        query += [("channel[]", channel)] if channel else []
        query += [("show_merged_cases", "true")] if merged else []
        query += [("sort", "updated_at_desc"), ("page", "1"), ("limit", str(PAGE))]
        return (await self._cases(Share.DELIVERY, query))[0]

    async def updated_cases(self, channel: str, since: float) -> tuple[CaseView, ...]:
        """Read the cases of a channel that were updated since a time (Unix seconds), at most the newest 2,000 (R3).

        Deskie may ignore the filter, and its limit is not documented. So `updated_at` is compared here.
        """
        found: dict[str, CaseView] = {}
        for page in range(1, PAGES_BACK + 1):
            query = [("channel[]", channel), ("from_updated_time", str(int(since))), ("show_merged_cases", "true")]
            query += [("sort", "updated_at_desc"), ("page", str(page)), ("limit", str(PAGE))]
            views, size = await self._cases(Share.READING, query)
            known = len(found)
            found |= {view.id: view for view in views}
            is_last = size < PAGE or len(found) == known
            if is_last or any(view.updated_at < since for view in views):
                break
        return tuple(view for view in found.values() if view.updated_at >= since)

    async def case(self, case_id: str) -> CaseView:
        """Read one case; raises `Missing` if it was erased."""
        path = f"/cases/{path_part(case_id)}.json"
        other = partial(wire.other_case, case_id=case_id)
        return _case(await self._get(path, Share.DELIVERY, mismatch=other), f"GET {path}", Executed.NO)

    async def status_set_by(self, case_id: str, status: str) -> str | None:
        """Return who last set a case to `status`, the status that it has now (Deskie reference, 3.7).

        Returns:
            An agent's id; another word for a rule or a customer; "" for nobody; None if Deskie does not tell.
        """
        answer = await self._get(f"/cases/{path_part(case_id)}/changelog.json", Share.DELIVERY)
        return wire.status_set_by(answer, status)

    async def open_case(self, fields: Mapping[str, Any]) -> CaseView:
        """Open a case; its first message is the customer's (Deskie reference, 3.2)."""
        answer = await self._write("POST", "/cases.json", {"case": dict(fields)})
        return _case(answer, "POST /cases.json", Executed.UNCLEAR)

    async def set_case_status(self, case_id: str, status: str) -> CaseView:
        """Set a case's status and return the case from Deskie's answer (Deskie reference, 3.5)."""
        path = f"/cases/{path_part(case_id)}.json"
        other = partial(wire.other_case, case_id=case_id)
        answer = await self._write("PUT", path, {"case": {"status": status}}, other)
        return _case(answer, f"PUT {path}", Executed.UNCLEAR)

    async def messages_since(self, case_id: str, since: float) -> tuple[Message, ...]:
        """Read a case's messages since a time (Unix seconds) and some earlier ones, the oldest first (P1)."""
        found: dict[str, Message] = {}
        for page in range(1, PAGES_BACK + 1):
            query = [("page", str(page)), ("limit", str(PAGE)), ("order", "desc")]
            answer = await self._get(f"/cases/{path_part(case_id)}/messages.json", Share.DELIVERY, query)
            batch = [message for message in map(wire.message, decode.rows(answer, "message")) if message.id]
            known = len(found)
            found |= {message.id: message for message in batch if message.id not in found}
            if len(decode.members(answer)) < PAGE or len(found) == known or _goes_back_to(since, batch):
                break
        # Deskie numbers messages as they are written. Ids that are no numbers stay in the order of the answer.
        newest_first = list(found.values())
        newest_first.sort(key=lambda message: decode.whole(message.id) or 0, reverse=True)
        return tuple(reversed(newest_first))

    async def add_message(self, case_id: str, user_id: str, content: str) -> Message:
        """Add the customer's own words; Deskie does not send them anywhere (Deskie reference, 4.2)."""
        user: str | int = decode.whole(user_id) or user_id
        path = f"/cases/{path_part(case_id)}/messages.json"
        other = partial(wire.other_message, user_id=user_id, reference="")
        answer = await self._write("POST", path, {"message": {"user_id": user, "content": content}}, other)
        return _message(answer, f"POST {path}")

    async def add_note(self, case_id: str, content: str) -> Message:
        """Add an internal note, by the one of two known paths that exists (Deskie reference, 5).

        `messages.json` is never used: a server that ignores its `note` flag would send the text to the customer.
        """
        try:
            return await self._add_note(case_id, self._notes, content)
        except Missing as error:
            if "not_found" in error.detail:
                raise
            other = "notes.json" if self._notes == "note.json" else "note.json"
            message = await self._add_note(case_id, other, content)
            self._notes = other
            return message

    async def user(self, user_id: str) -> User:
        """Read one user; raises `Missing` if there is none."""
        path = f"/users/{path_part(user_id)}.json"
        other = partial(wire.other_user, user_id=user_id)
        user = wire.user(wire.entity(await self._get(path, Share.DELIVERY, mismatch=other), "user"))
        if not user.id:
            raise Malformed("Deskie", f"GET {path}", "the answer has no user")
        return user

    async def find_users(self, email: str) -> tuple[User, ...]:
        """Search users by e-mail address; the caller compares exactly (T4)."""
        query = [("user_email", email), ("page", "1"), ("limit", str(PAGE))]
        answer = await self._get("/users.json", Share.DELIVERY, query)
        return tuple(user for user in map(wire.user, decode.rows(answer, "user")) if user.id)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def _cases(self, share: Share, query: Query) -> tuple[tuple[CaseView, ...], int]:
        """Read a page of cases, active chats included, by the spelling that is not rejected (3.3), and its size."""
        other = {"1": "true", "true": "1"}[self._yes]
        try:
            return await self._read("/cases.json", share, wire.cases, [*query, ("show_active_chats", self._yes)])
        except Rejected:
            found = await self._read("/cases.json", share, wire.cases, [*query, ("show_active_chats", other)])
        self._yes = other
        return found

    async def _add_note(self, case_id: str, route: str, content: str) -> Message:
        path = f"/cases/{path_part(case_id)}/{route}"
        other = partial(wire.other_message, user_id="", reference=content.rpartition("\n")[2])
        return _message(await self._write("POST", path, {"note": {"content": content}}, other), f"POST {path}")

    async def _get(self, path: str, share: Share, query: Query = (), *, mismatch: Mismatch | None = None) -> Any:
        answer = await self._transport.get(path, share, query, mismatch=mismatch)
        _check(answer, f"GET {path}")
        return answer

    async def _read(self, path: str, share: Share, make: Callable[[Any], Record], query: Query) -> Record:
        """Return what `make` makes of an answer, which is not made again while the answer is the same."""

        async def decoded(answer: Any) -> Record:
            _check(answer, f"GET {path}")
            return make(answer)

        return (await self._transport.read(path, share, decoded, query)).records

    async def _write(self, method: str, path: str, body: Mapping[str, Any], mismatch: Mismatch | None = None) -> Any:
        answer = await self._transport.write(method, path, Share.DELIVERY, body, mismatch=mismatch)
        _check_error(answer, f"{method} {path}")
        return answer


def _check_error(answer: Any, request: str) -> None:
    """Raise the `error` that Deskie may put into an answer with status 200 (Deskie reference, 1.2)."""
    if word := wire.error_in(answer):
        raise (Missing if "not_found" in word else Rejected)("Deskie", request, word)


def _check(answer: Any, request: str) -> None:
    """Raise an `ApiError` if a reading's answer has an error, or no shape that is known."""
    _check_error(answer, request)
    if not isinstance(answer, dict | list):
        raise Malformed("Deskie", request, "the answer is neither an object nor a list")


def _first_agents(answer: Any) -> tuple[tuple[Agent, ...], int, int | None]:
    """Return the first page of agents, of whom at least one can be read if there are any."""
    agents, size, total = wire.agents(answer)
    if not agents and (size or total):
        raise Malformed("Deskie", "GET /staff.json", f"a list of {total or size} without any entry to be read")
    return agents, size, total


def _goes_back_to(since: float, newest_first: Sequence[Message]) -> bool:
    """Return whether the oldest message of a page is from before a time; False if the page is not newest first."""
    times = [message.created_at for message in newest_first if message.created_at is not None]
    return bool(times) and times[-1] < since and times[-1] <= times[0]


def _case(answer: Any, request: str, executed: Executed) -> CaseView:
    view = wire.case(wire.entity(answer, "case"))
    if not view.id:
        raise Malformed("Deskie", request, "the answer has no case", executed=executed)
    return view


def _message(answer: Any, request: str) -> Message:
    message = wire.message(wire.entity(answer, "message", "note"))
    if not message.id:
        raise Malformed("Deskie", request, "the answer has no message", executed=Executed.UNCLEAR)
    return message
