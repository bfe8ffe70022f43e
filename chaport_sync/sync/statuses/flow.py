"""One cycle of the status flow: gather both lists, decide every operator, write the differences (S2 to S8)."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from chaport_sync.clock import give_way
from chaport_sync.core.health import gap
from chaport_sync.core.model import Agent, Operator, Verdict
from chaport_sync.core.statuses.history import StatusChange, found_change
from chaport_sync.core.statuses.lease import OperatorState, PresenceRules, held, lease_in_force
from chaport_sync.core.statuses.mapping import MappingRules, combine, judge
from chaport_sync.core.statuses.pairing import Pairing, PairingRules, Pairs, pair
from chaport_sync.core.statuses.presence import Decision, decide, hold, wait_for_next_poll
from chaport_sync.sync.backoff import LONGEST_PAUSE
from chaport_sync.sync.cycle import Services
from chaport_sync.sync.health import Health
from chaport_sync.sync.statuses.lists import ListReader, StatusNames
from chaport_sync.sync.statuses.memory import StatusMemory
from chaport_sync.sync.statuses.report import StatusLog, StatusReport
from chaport_sync.sync.statuses.writer import StatusWriter

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StatusRules:
    """The rules of the status flow. `poll` and `keep` (how long the history is kept) are in seconds."""

    poll: float
    mapping: MappingRules
    pairing: PairingRules
    presence: PresenceRules
    keep: float


class StatusFlow:
    """The status flow; the state file keeps all that must survive a crash."""

    name = "statuses"

    def __init__(self, services: Services, rules: StatusRules) -> None:
        self.poll = rules.poll
        self._rules = rules
        clock = self._clock = services.clock
        # A pause is at most a fifth of the lease, so that held statuses are renewed in time (P4, S8).
        with_chaport = rules.presence.patience_with_chaport(rules.poll)
        with_deskie = rules.presence.patience_with_deskie(rules.poll)
        most = max(rules.poll, min(LONGEST_PAUSE, with_chaport))
        agents, operators, self._writes = (
            Health(
                self.name, service, poll=rules.poll, most=most, clock=clock, chance=services.chance, patience=patience
            )
            for service, patience in (("Deskie", with_deskie), ("Chaport", with_chaport), ("Chaport", with_chaport))
        )
        self._lists = ListReader(services, agents, operators, hold=rules.presence.hold, longest_pause=most)
        self._memory = StatusMemory(services, keep=rules.keep, hold=rules.presence.hold)
        self._writer = StatusWriter(services, self._writes, self._memory, poll=rules.poll, longest_pause=most)
        self._log = StatusLog()
        self._names = StatusNames(services)
        self._set_back = clock.set_back
        self._last_good: float | None = None
        self._hold_until = 0.0
        self._wrote_for = 0.0
        self._seen: frozenset[str] = frozenset()
        self._in_force = rules.presence

    async def cycle(self, *, hurry: bool = True) -> StatusReport:
        """Run one cycle; with `hurry`, writing takes one poll at most, and the next cycle decides the rest anew.

        If reading takes longer than a poll, writing may take as long as reading, so that enough is written.

        Raises:
            StoreError: The disk refused something; all that needs no disk was done.
        """
        self._memory.begin()
        began = self._clock.monotonic()
        lists = await self._lists.read(self._memory.pairs)
        now, took = self._clock.now(), self._clock.monotonic() - began
        within = max(self._rules.poll, took) if hurry else None
        back, self._set_back = self._clock.set_back - self._set_back, self._clock.set_back
        if back:
            self._memory.set_back(back)
        if lists.operators is None:
            report = StatusReport(
                good=False, operators=self._memory.last_known(self._in_force, now), errors=lists.errors
            )
        elif lists.agents is None:
            report = await self._hold(lists.operators, lists.errors, now, within)
        else:
            report = await self._sync(lists.agents, lists.operators, now, took, within)
        self._log.attendance(report.operators.values())
        left = None if self._last_good is None else self._hold_until - self._clock.monotonic()
        self._memory.note_unread(lists, left, now)
        if self._memory.refusal is not None:
            raise self._memory.refusal
        return report

    async def _sync(
        self, agents: tuple[Agent, ...], operators: tuple[Operator, ...], now: float, took: float, within: float | None
    ) -> StatusReport:
        # With thousands of people each part takes a while, so other tasks run in between.
        await give_way()
        pairing = pair(agents, operators, self._rules.pairing)
        await give_way()
        states = self._memory.states
        judged = {agent.id: judge(agent, self._rules.mapping) for agent in agents}
        asked = {
            operator_id: combine([judged[agent.id] for agent in drivers])
            for operator_id, drivers in pairing.drivers.items()
        }
        verdicts = {operator_id: its.verdict for operator_id, its in asked.items()}
        rules = self._with_lease(verdicts, states, now)
        unsettled = self._unsettled(agents, operators, states)
        confirmed = not gap(self._last_good, self._rules.poll, now, took + self._wrote_for)
        decisions = []
        for operator in operators:
            state = states.get(operator.id) or OperatorState(operator.id)
            verdict = verdicts.get(operator.id)
            # A missing agent cannot change `online`, the highest verdict, so that one need not wait.
            if operator.id in unsettled and verdict is not Verdict.ONLINE:
                decisions.append(wait_for_next_poll(operator, verdict, state, rules, now))
            elif verdict is not None:
                decisions.append(decide(operator, asked[operator.id], state, rules, now, confirmed=confirmed))
        await give_way()
        self._log.decisions(decisions, pairing)
        changes = self._changes(decisions, states, pairing.drivers, now)
        await give_way()
        self._record(decisions, states, pairing, changes, unsettled)
        await give_way()
        self._last_good = now
        self._hold_until = self._clock.monotonic() + self._rules.presence.hold
        self._log.not_held()
        self._memory.found(judged.values(), pairing, decisions, now)
        await give_way()
        began = self._clock.monotonic()
        done, errors = await self._writer.apply(decisions, pairing.drivers, within)
        names = await self._names.learn(agents)
        self._log.findings(judged.values(), pairing, names)
        self._wrote_for = self._clock.monotonic() - began
        tell = log.info if done or errors else log.debug
        tell("status.cycle", agents=len(agents), operators=len(decisions), written=len(done), failed=len(errors))
        return StatusReport(
            good=True,
            well=not self._writes.failing,
            operators=_after(operators, pairing.drivers, done),
            verdicts=tuple(judged.values()),
            pairing=pairing,
            decisions=tuple(decisions),
            written=done,
            errors=errors,
        )

    async def _hold(
        self, operators: Sequence[Operator], errors: tuple[str, ...], now: float, within: float | None
    ) -> StatusReport:
        """Renew the held statuses while the agents cannot be read, for `status.hold` since the last good poll (S8)."""
        left = self._hold_until - self._clock.monotonic()
        states = self._memory.states
        rules = self._with_lease({each: state.verdict for each, state in states.items()}, states, now)
        decisions = [hold(each, states[each.id], rules, now) for each in operators if each.id in states]
        self._memory.note(changes=self._changes(decisions, states, {}, now))
        if self._last_good is None or left <= 0:
            return StatusReport(good=False, operators=_after(operators, states, ()), errors=errors)
        self._log.held(now + left, errors[0])
        done, more = await self._writer.apply(decisions, {}, within)
        after = _after(operators, states, done)
        return StatusReport(
            good=False, operators=after, decisions=tuple(decisions), written=done, errors=(*errors, *more)
        )

    def _unsettled(
        self, agents: Sequence[Agent], operators: Sequence[Operator], states: Mapping[str, OperatorState]
    ) -> frozenset[str]:
        """Return the operators that stay as they are because they or an agent of theirs are missing for the first time.

        The pages of a list may shift while they are read, so a person who is missing once may only be overlooked. The
        release of an operator, or a decision without one of its agents, can wait for one poll (S3).
        """
        present = frozenset(agent.id for agent in agents) | frozenset(operator.id for operator in operators)
        gone = self._seen - present
        self._seen = present
        if self._lists.believing or not gone:
            return frozenset()
        drivers = self._memory.pairs.drivers
        return frozenset(each for each in states if each in gone or gone & set(drivers.get(each, ())))

    def _with_lease(
        self, verdicts: Mapping[str, Verdict | None], states: Mapping[str, OperatorState], now: float
    ) -> PresenceRules:
        """Return the rules with the lease in force, and record that lease for `status` (S5)."""
        lease = lease_in_force(held(verdicts, states, now), self._rules.presence)
        self._in_force = replace(self._rules.presence, lease=lease.seconds)
        self._memory.note_lease(lease)
        return self._in_force

    def _changes(
        self,
        decisions: Iterable[Decision],
        states: Mapping[str, OperatorState],
        drivers: Mapping[str, Sequence[Agent]],
        now: float,
    ) -> list[StatusChange]:
        """Return what Chaport shows and the daemon has not recorded: changes by hand, leases that ended."""
        known = self._memory.operators
        ids = ((each, each.operator.id) for each in decisions)
        found = (found_change(each, states.get(id_), known.get(id_), drivers.get(id_, ()), now) for each, id_ in ids)
        return [change for change in found if change is not None]

    def _record(
        self,
        decisions: Sequence[Decision],
        states: Mapping[str, OperatorState],
        pairing: Pairing,
        changes: Sequence[StatusChange],
        unsettled: frozenset[str],
    ) -> None:
        changed = [decision.state for decision in decisions if states.get(decision.operator.id) != decision.state]
        released = states.keys() - {decision.operator.id for decision in decisions} - unsettled
        if changed or released or changes:
            self._memory.note(changed, released, changes)
        if not unsettled:
            drivers = pairing.drivers.items()
            self._memory.note_pairs(Pairs({each: tuple(sorted(agent.id for agent in by)) for each, by in drivers}))


def _after(operators: Sequence[Operator], paired: Container[str], written: Iterable[Decision]) -> dict[str, str]:
    """Return the status of each paired operator, by id, after these decisions were written."""
    new = {decision.operator.id: decision.write.status for decision in written if decision.write}
    return {each.id: new.get(each.id, each.status or "") for each in operators if each.id in paired}
