"""The metrics, named by Prometheus's conventions; no label holds an id, a name or an address."""

from collections.abc import Collection
from contextlib import suppress
from functools import partial
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Info, Summary

from chaport_sync import __version__
from chaport_sync.core.ledger import LineState
from chaport_sync.core.settings_in_force import RulesInForce
from chaport_sync.core.transcripts.turns import Work
from chaport_sync.store import Store
from chaport_sync.sync.cycle import Report
from chaport_sync.sync.replies.flow import ReplyReport
from chaport_sync.sync.statuses.report import StatusReport
from chaport_sync.sync.transcripts.flow import TranscriptReport

#: Each of these statuses has a series from the beginning, so that an alert finds a zero and not nothing.
STATUSES = ("online", "invisible", "offline", "unknown")


class Metrics:
    """The metrics of the process; the counters go on after a reload of the configuration."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        gauge = partial(Gauge, registry=self.registry)
        Info("chaport_sync_build", "The version that runs.", registry=self.registry).info({"version": __version__})
        self._events = Counter(
            "chaport_sync_log_events",
            "How often each event of docs/events.md was logged.",
            ("event", "level"),
            registry=self.registry,
        )
        self._well = gauge(
            "chaport_sync_flow_up", "1 if the last poll of this flow worked, 0 if it failed or does not end.", ("flow",)
        )
        self._success = gauge(
            "chaport_sync_flow_last_success_timestamp_seconds", "When a poll of this flow last worked.", ("flow",)
        )
        self._cycles = Summary(
            "chaport_sync_cycle_duration_seconds",
            "How many polls this flow has made, and how many seconds they took together.",
            ("flow",),
            registry=self.registry,
        )
        self._operators = gauge(
            "chaport_sync_operators",
            "Paired operators by their status in Chaport. If none is online, the chat is off the website.",
            ("status",),
        )
        self._chats = gauge(
            "chaport_sync_chats",
            "Chats that the daemon remembers, and those of them that it reads again and again, as they may go on.",
            ("state",),
        )
        self._late = {
            Work.READING: gauge(
                "chaport_sync_reading_late_seconds",
                "How late the daemon is with reading chats in Chaport: the longest time that a visitor has waited.",
            ),
            Work.DELIVERING: gauge(
                "chaport_sync_delivering_late_seconds",
                "How late the daemon is with writing chats into Deskie: the longest time that a visitor has waited.",
            ),
        }
        self._waiting = gauge(
            "chaport_sync_visitors_waiting",
            "Visitors whose chats are still to be read in Chaport, or to be written into Deskie.",
            ("work",),
        )
        self._deliveries = gauge(
            "chaport_sync_deliveries",
            "Messages of chats that are not in Deskie yet: on the way, held back on purpose, or rejected by Deskie.",
            ("state",),
        )
        self._replies = gauge(
            "chaport_sync_replies", "Agents' answers that are on the way to the visitor, or were given up.", ("state",)
        )

    def begin(self, flows: Collection[str]) -> None:
        """Begin a run with these flows, and remove the series of flows that are switched off."""
        of_flow = {
            "statuses": (self._operators,),
            "transcripts": (self._chats, self._waiting, self._deliveries),
            "replies": (self._replies,),
        }
        for flow in of_flow.keys() - set(flows):
            for gauge in of_flow[flow]:
                gauge.clear()
            with suppress(KeyError):  # some versions of the library raise it if there is no such series
                self._well.remove(flow)
                self._success.remove(flow)
        if "transcripts" not in flows:
            for gauge in self._late.values():
                gauge.set(0)

    def count(self, event: dict[str, Any]) -> None:
        """Count a logged event; a tap of `logs.setup`."""
        self._events.labels(str(event["event"]), str(event["level"])).inc()

    def cycled(self, flow: str, report: Report, seconds: float, now: float, store: Store) -> None:
        """Set the gauges from the report of a cycle of `seconds` that ended at `now` (Unix seconds)."""
        self._well.labels(flow).set(report.well)
        self._cycles.labels(flow).observe(seconds)
        if report.well:
            self._success.labels(flow).set(now)
        if isinstance(report, StatusReport):
            if report.operators:
                self._attendance(list(report.operators.values()))
        elif isinstance(report, TranscriptReport):
            for work, late in report.late.items():
                self._late[work].set(late.seconds)
                self._waiting.labels(work.value).set(late.visitors)
            for state, count in store.counts.chats().items():
                self._chats.labels(state).set(count)
            # By the rules in force in the state file, as the commands do, so that both show the same numbers.
            rules = store.marks.find(RulesInForce)
            for kind, count in store.counts.deliveries(rules.cases, now).items() if rules else ():
                self._deliveries.labels(kind).set(count)
        elif isinstance(report, ReplyReport):
            found = store.counts.replies()
            self._replies.labels("waiting").set(found.get(LineState.NEW, 0) + found.get(LineState.SENDING, 0))
            self._replies.labels("parked").set(found.get(LineState.PARKED, 0))

    def broke(self, flow: str) -> None:
        """Note that a flow stands still, or that its cycle ended in an error of the daemon."""
        self._well.labels(flow).set(0)

    def _attendance(self, found: list[str]) -> None:
        known = [status if status in STATUSES else "unknown" for status in found]
        for status in STATUSES:
            self._operators.labels(status).set(known.count(status))
