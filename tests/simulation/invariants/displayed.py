"""Each included event in Deskie exactly once and in order per chat (P1, T1, T3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chaport_sync.sandbox.chaport.records import Chat, Event, Visitor
from tests.simulation.agents_desk import AgentsDesk
from tests.simulation.crashes import Loss
from tests.simulation.invariants.marks import Place, mark_of, places, rows
from tests.simulation.invariants.two_daemons import TwoDaemons
from tests.simulation.life import Life, Observer
from tests.simulation.setting import Setting
from tests.simulation.trace import Trace
from tests.world import World

INVARIANT = "each event exactly once and in order"


class Displayed(Observer):
    """Compares in the end what was said in every chat with what stands in every case."""

    def __init__(self, world: World, setting: Setting, trace: Trace, desk: AgentsDesk, two: TwoDaemons) -> None:
        self._world = world
        self._setting = setting
        self._trace = trace
        self._desk = desk
        self._two = two
        self._parked: set[tuple[str, str]] = set()

    def on_log(self, life: Life, event: dict[str, Any]) -> None:  # noqa: ARG002 - the observer's signature
        """A delivery that was parked comes late, out of its order (P3)."""
        if event["event"] == "delivery.parked":
            self._parked.add((event["visitor"], event["chat"]))

    def once_and_in_order(self, losses: Sequence[Loss]) -> None:
        """Look for every event of every chat."""
        found, openings = places(self._world), self._openings()
        repeated: dict[str, tuple[int, int]] = {}
        for visitor in self._world.chaport.visitors:
            for chat in visitor.chats:
                self._chat(visitor, chat, found, openings, losses, repeated)
        counted, daemons = rows(self._world), 1 + self._two.both
        for text, (least, once) in repeated.items():
            most = once * daemons
            if not least <= counted[text] <= most:
                message = f"{text!r} stands {counted[text]} times, not {least} to {most} times"
                self._trace.violate(INVARIANT, message, text)

    def _chat(
        self,
        visitor: Visitor,
        chat: Chat,
        found: dict[str, list[Place]],
        openings: set[int],
        losses: Sequence[Loss],
        repeated: dict[str, tuple[int, int]],
    ) -> None:
        name = f"{visitor.id}/{chat.id}"
        # Without memory the order tells of the customer's words which are whose; what was parked stands out of it.
        parked = (visitor.id, str(chat.id)) in self._parked
        again = bool(losses) and (parked or visitor.id in self._desk.disturbed or self._unfindable(visitor, losses))
        shown: list[list[Place]] = self._two.apart(())
        for event in chat.events:
            if event in self._world.chaport.sent_to_visitors:
                continue
            least, most = self._bounds(visitor, chat, event, losses)
            most = 99 if again else most
            mark = mark_of(event)
            if not mark:
                if event.text:
                    before = repeated.get(event.text, (0, 0))
                    repeated[event.text] = (before[0] + least, before[1] + most)
                continue
            where = found.get(mark, [])
            of_each = self._two.apart(where)
            doubled = any(len(own) > most for own in of_each)
            if doubled or not least <= len(where) <= most * self._two.daemons(mark):
                times = f"{len(where)} times, not {least} to {most} times{' for each daemon' if self._two.both else ''}"
                message = f"{mark} of {event.author} in {name} stands {times}"
                self._trace.violate(INVARIANT, message, visitor.id, *{str(place.case) for place in where})
            for own, so_far in zip(of_each, shown, strict=True):
                so_far.extend(own[:1])
        if not again and not parked:
            for own in shown:
                self._order(name, visitor, own, openings)

    def _order(self, name: str, visitor: Visitor, shown: Sequence[Place], openings: set[int]) -> None:
        """In order, but for a case's first message, which is the visitor's whatever was said before (T3)."""
        last = Place(0, 0, 0)
        for place in shown:
            if place.message in openings:
                continue
            if (place.message, place.offset) < (last.message, last.offset):
                message = f"{name}: message {place.message} stands before {last.message}"
                self._trace.violate(INVARIANT, message, visitor.id, str(place.case))
            last = place
        if "visitor" not in self._setting.include:
            # Then words of the visitor are shown only where they open a case, which may be a second one.
            return
        for index, place in enumerate(shown):
            if place.message in openings and any(other.message < place.message for other in shown[index + 1 :]):
                message = f"{name}: something later stands before the opening {place.message}"
                self._trace.violate(INVARIANT, message, visitor.id, str(place.case))

    def _unfindable(self, visitor: Visitor, losses: Sequence[Loss]) -> bool:
        """Whether a life without the memory of a case could not find it either: the search did not list it yet."""
        lag = float(self._setting.deskie_quirks["search_lag"])
        users = {user.id for user in self._world.deskie.users if user.custom_id == visitor.id}
        opened = [self._moment(case.created_at) for case in self._world.deskie.cases if case.user_id in users]
        return any(loss.at - lag <= at <= loss.at for loss in losses for at in opened)

    def _bounds(self, visitor: Visitor, chat: Chat, event: Event, losses: Sequence[Loss]) -> tuple[int, int]:
        """How often an event must and may stand in Deskie."""
        setting, kind = self._setting, event.author
        if kind == "system":
            if not mark_of(event):
                return 0, 0
        elif kind not in setting.include:
            return 0, int(kind == "visitor" and setting.own)
        due = self._since(losses)
        asked = any(self._elapsed(each) >= due for each in self._words(chat) if not each.deleted)
        # A closed case that takes no messages is followed by another once the visitor writes again (T3, T4).
        shut = setting.deskie_quirks["closed_rejects_messages"] and (visitor.id, str(chat.id)) in self._parked
        wanted = not shut and asked if setting.own else self._has_steady_case(visitor) and self._wrote(chat)
        if event.deleted or not wanted or (visitor.id, chat.id) in self._desk.lost_chats or self._elapsed(event) < due:
            return 0, int(bool(self._words(chat)))
        return 1, 1

    def _since(self, losses: Sequence[Loss]) -> float:
        """T6: a lost state file begins anew, unless a date covers the gap."""
        if not self._setting.says("transcripts.start", "now"):
            return 0.0
        return max((loss.at + 60 for loss in losses if loss.remembers_until is None), default=0.0)

    def _elapsed(self, event: Event) -> float:
        return self._moment(event.at)

    def _moment(self, at: datetime) -> float:
        return self._world.time.elapsed - (self._world.time.now() - at).total_seconds()

    def _wrote(self, chat: Chat) -> bool:
        return not all(event.deleted for event in self._words(chat))

    def _words(self, chat: Chat) -> list[Event]:
        """What the visitor wrote, though it may have been deleted since."""
        return [event for event in chat.events if event.author == "visitor"]

    def _has_steady_case(self, visitor: Visitor) -> bool:
        """Whether there is one case of the visitor's e-mail address, and always was since the first word."""
        users = [user for user in self._world.deskie.users if visitor.email and user.email == visitor.email]
        cases = [case for case in self._world.deskie.cases if case.user_id in {user.id for user in users}]
        usable = [case for case in cases if case.status != "closed" and not case.deleted and not case.spam]
        return len(users) == 1 and len(usable) > 0 and visitor.id not in self._desk.disturbed

    def _openings(self) -> set[int]:
        """What came into a case that was merged away by then is none; its opening was noted at the merge."""
        cases = [case for case in self._world.deskie.cases if case.messages and not case.parent_case_id]
        return {case.messages[0].id for case in cases} | self._desk.openings
