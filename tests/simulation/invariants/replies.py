"""What becomes of agents' answers (R1, R2, R5): once, whole, in order and as its operator, or the case says why."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from chaport_sync.sandbox.deskie.records import Case
from tests.simulation.agents_desk import AgentsDesk
from tests.simulation.answers import Answer, Answers
from tests.simulation.crashes import Loss
from tests.simulation.invariants.outcomes import KEPT, MARK, NOT_SENT, Outcome, Outcomes
from tests.simulation.invariants.reasons import Reasons
from tests.simulation.invariants.who_answers import WhoAnswers
from tests.simulation.life import Cycle, Life, Observer
from tests.simulation.network import Exchange
from tests.simulation.setting import Setting
from tests.simulation.trace import Trace
from tests.world import World

ONCE = "each answer reaches its visitor once, or its agent knows why not"
TRUE = "an agent is told the truth about an answer"
NEVER = "nothing sent to a visitor that is no answer"
SENDER = "no answer sent as somebody else"
ECHO = "no answer comes back into a case"
#: What passes between a decision and its effect: a request that takes effect late, and what waits for a limit.
SLACK = 90.0
#: So many messages of a case are read at a time.
PAGE = 100


class Replies(Observer):
    """Compares in the end what agents wrote with what visitors got."""

    def __init__(self, world: World, setting: Setting, trace: Trace, desk: AgentsDesk, answers: Answers) -> None:
        self._world = world
        self._setting = setting
        self._trace = trace
        self._desk = desk
        self._answers = answers
        self._who = WhoAnswers(world, setting)
        self._reasons = Reasons(world, setting, self._who)
        #: From when on answers are sent, as known at a moment, None while they are not: both in seconds (R5).
        self._since: list[tuple[float, float | None]] = []
        #: Since when the present life knows that it sends answers, None while it does not.
        self._sure: list[tuple[float, float | None]] = []

    def on_start(self, life: Life) -> None:
        """Replies are on from the first start on that finds them on, as far as the state file remembers (R5)."""
        if life.dry_run:
            return
        known_at = life.since if life.remembers_until is None else life.remembers_until
        enabled = life.app.replies is not None
        remembered = self._at(self._since, known_at)
        # A copy that was made while the flow began or was switched off may be from just before or just after.
        before, after = self._at(self._sure, known_at - 1), self._at(self._sure, known_at)
        sure = after if life.remembers_until is None or before is not None else None
        self._since.append((life.since, (life.since if remembered is None else remembered) if enabled else None))
        self._sure.append((life.since, sure if enabled else None))

    def on_cycle(self, cycle: Cycle) -> None:
        """The first cycle of the flow has told the state file since when it is on."""
        if cycle.flow == "replies" and not cycle.life.dry_run and cycle.report and self._sure[-1][1] is None:
            now = self._world.time.elapsed
            self._sure.append((now, now))

    def on_request(self, life: Life, exchange: Exchange) -> None:  # noqa: ARG002 - the observer's signature
        """Who drives whom changes all the time."""
        self._who.look()

    def answers_must_be_right(self, losses: Sequence[Loss]) -> None:
        """Judge every answer by its outcome."""
        written, outcomes = self._answers.written, Outcomes(self._world, self._answers.written)
        for visitor, event in outcomes.foreign:
            self._trace.violate(NEVER, f"{visitor.id} got {event.text[:60]!r}", visitor.id)
        for answer in written:
            outcome = outcomes.of(answer)
            if self._is_never_sent(answer):
                if outcome.events:
                    self._violate(NEVER, answer, "it is sent")
                if outcome.told:
                    self._violate(TRUE, answer, "its agent is told that it was not sent")
                continue
            self._once(answer, outcome, losses)
            self._by_whom_and_when(answer, outcome)
        self._truly_told(outcomes)
        self._truly_told_of_changes(losses)
        self._in_order(outcomes, losses)
        self._nothing_comes_back(losses)

    def _is_never_sent(self, answer: Answer) -> bool:
        by_rule = answer.kind == "rule" and not self._setting.says("replies.include_rules", "true")
        return answer.kind == "note" or by_rule or not self._setting.own

    def _once(self, answer: Answer, outcome: Outcome, losses: Sequence[Loss]) -> None:
        copies, forgotten = outcome.copies(answer), self._was_forgotten_changed(answer, losses)
        if copies > 1 and not forgotten and not self._may_be_early(answer):
            self._violate(ONCE, answer, f"it is sent {copies} times")
        # Of what a forgotten run sent, the parts that an edit left as they were are not sent again.
        if outcome.events and not (copies or outcome.told or forgotten) and self._must_be_settled(answer, losses):
            got = " + ".join(repr(event.text[:40]) for _, event in outcome.events)
            self._violate(ONCE, answer, f"the visitor got something else: {got}")
        # What a forgotten run sent is not looked for where nobody can tell any more whose it was; and what one told
        # by a wrong clock, the next does not know.
        unsure = self._reasons.is_merged(answer) or self._reasons.clock_was_wrong
        unknown = forgotten or (unsure and any(loss.at > answer.at for loss in losses))
        if copies and outcome.told and answer.mark and not unknown:
            self._violate(TRUE, answer, f"it is sent, and the case says: {outcome.told[0].why}")
        if not outcome.events and not outcome.told and self._must_be_settled(answer, losses):
            self._violate(ONCE, answer, "it is not sent, and nobody says so")

    def _may_be_early(self, answer: Answer) -> bool:
        """By a clock that is ahead a delayed answer is sent too early; before its moment it is not looked for."""
        return answer.kind == "delayed" and self._reasons.clock_was_wrong

    def _must_be_settled(self, answer: Answer, losses: Sequence[Loss]) -> bool:
        """Whether the daemon certainly knew the answer's case, was to send answers, and could tell its agent."""
        case, sure = self._answers.place_of(answer), self._at(self._sure, self._world.time.elapsed)
        visitor = self._world.chaport.find_visitor(self._reasons.customer(answer.case))
        opened = self._elapsed(answer.case.created_at)
        forgotten = any(
            answer.at <= loss.at
            if loss.remembers_until is None
            else min(answer.at, opened) <= loss.at and opened > loss.remembers_until - 60
            for loss in losses
        ) or any(opened <= loss.at for loss in losses if loss.remembers_until is None)
        return (
            sure is not None
            and answer.at > sure
            and answer.deleted_at is None
            and not answer.moves
            and visitor is not None
            and not forgotten
            and case in self._world.deskie.cases
            and not self._was_taken_away(case)
            and self._takes_notes(case)
        )

    def _was_taken_away(self, case: Case) -> bool:
        away = {"deleted", "spam", "parent_case_id"}
        return any(change.event in away for change in case.changelog)

    def _takes_notes(self, case: Case) -> bool:
        """A closed case that takes no messages takes no note either, and an older chat's note is put into no other.

        Where messages are rejected for a while, the daemon takes it for one of those.
        """
        others = [each for each in self._world.deskie.cases if each.user_id == case.user_id and each is not case]
        closed = any(change.event == "status" and change.new == "closed" for change in case.changelog)
        rejects = self._setting.deskie_quirks["closed_rejects_messages"] or "rejections" in self._setting.spells
        return not (rejects and (others or closed))

    def _was_forgotten_changed(self, answer: Answer, losses: Sequence[Loss]) -> bool:
        """What a lost life sent is known again by its words and its operator; who changes those makes it another."""
        changed = len(answer.versions) > 1 or bool(answer.moves) or len(self._who.of(answer, 0, 1e12)) > 1
        return changed and any(loss.at > answer.at for loss in losses)

    def _truly_told(self, outcomes: Outcomes) -> None:
        """Each reason is given only where it holds (R1, R5), for one of those in the same words."""
        for told, meant in outcomes.notes:
            if meant and not any(self._reasons.hold(answer, told, self._at(self._since, told.at)) for answer in meant):
                self._violate(TRUE, meant[0], f"its agent is told: {told.why}")

    def _truly_told_of_changes(self, losses: Sequence[Loss]) -> None:
        """A case says that an answer was deleted or changed there if it was, and once; which one it does not say."""
        written = self._answers.written
        truth = {
            "deleted": sum(answer.deleted_at is not None for answer in written),
            "changed": sum(len(answer.versions) > 1 for answer in written),
        }
        for what, times in truth.items():
            said = [
                case
                for case in self._world.deskie.cases
                for message in case.messages
                for found in KEPT.finditer(message.text)
                if found["what"] == what
            ]
            if len(said) > times and not losses:
                message = f"{len(said)} times it is said that an answer was {what}, and {times} were"
                self._trace.violate(TRUE, message, *(str(case.id) for case in said))

    def _by_whom_and_when(self, answer: Answer, outcome: Outcome) -> None:
        for visitor, event in outcome.events:
            at = self._elapsed(event.at)
            if event.author_id not in self._who.of(answer, answer.at, at):
                self._violate(SENDER, answer, f"it is sent as {event.author_id}", event.author_id)
            if visitor.id not in map(self._reasons.customer, answer.cases):
                self._violate(SENDER, answer, f"it is sent to {visitor.id}", visitor.id)
            since = [self._at(self._since, moment) for moment in (at, at - SLACK)]
            if all(each is None or answer.due < each - 1 for each in since):
                self._violate(NEVER, answer, f"it is sent, and replies are on since {since[0]}")
            if self._reasons.age(answer, at) > SLACK and not self._reasons.may_be_late:
                self._violate(NEVER, answer, f"it is sent {self._reasons.age(answer, at):.0f} s too late")
            unsure = self._reasons.clock_was_wrong or self._setting.deskie_quirks["omit_sent_at"]
            if at < answer.due - 1 and not unsure:
                self._violate(NEVER, answer, "it is sent before its time")

    def _in_order(self, outcomes: Outcomes, losses: Sequence[Loss]) -> None:
        """R2: in the order of writing; late are what a forgotten run had given up and what a shifted page left out."""
        by_case: dict[int, list[Answer]] = {}
        for answer in self._answers.written:
            plain = answer.mark and answer.kind != "delayed" and not answer.moves
            if outcomes.of(answer).events and plain and not any(loss.at > answer.at for loss in losses):
                by_case.setdefault(answer.case.id, []).append(answer)
        for answers in by_case.values():
            if "shifted_page" in self._setting.faults and len(answers[0].case.messages) > PAGE:
                continue
            for one, next_one in pairwise(answers):
                if outcomes.of(one).events[0][1].at > outcomes.of(next_one).events[0][1].at:
                    self._violate(ONCE, next_one, f"it is sent before {one.name}", one.mark)

    def _nothing_comes_back(self, losses: Sequence[Loss]) -> None:
        """R2: an answer stands in the case as its agent wrote it, and in no note but those about it."""
        by_mark = {answer.mark: answer for answer in self._answers.written if answer.mark}
        for case in self._world.deskie.cases:
            for message in case.messages:
                if not message.user_id and message.staff_id != self._world.deskie.api_agent.id:
                    continue
                for row in message.lines:
                    answer = by_mark.get(found.group()) if (found := MARK.search(row)) else None
                    if answer and not NOT_SENT.search(row) and not self._was_lost(answer, case, losses):
                        self._violate(ECHO, answer, f"message {message.id} of case {case.id} says {row[:80]!r}")

    def _was_lost(self, answer: Answer, case: Case, losses: Sequence[Loss]) -> bool:
        """An operator's words that nobody remembers sending are an agent's where those stand in that case as they were.

        A part that was cut within a row stands there as part of that row, and a delayed answer before others that came
        back earlier: neither can be found by comparing rows in order.
        """
        if self._may_be_early(answer):
            return True
        away = case is not answer.case or answer.deleted_at is not None or len(answer.versions) > 1
        return (away or answer.kind in ("long", "delayed")) and any(loss.at > answer.at for loss in losses)

    # ---- what is known

    @staticmethod
    def _at(known: Sequence[tuple[float, float | None]], moment: float) -> float | None:
        return next((value for at, value in reversed(known) if at <= moment), None)

    def _elapsed(self, at: datetime) -> float:
        return self._world.time.elapsed - (self._world.time.now() - at).total_seconds()

    def _violate(self, invariant: str, answer: Answer, message: str, *more: str) -> None:
        ids = str(answer.message.id), str(answer.case.id)
        subjects = (answer.mark, *ids, self._reasons.customer(answer.case), *more)
        self._trace.violate(invariant, f"{answer.name}: {message}", *filter(None, subjects))
