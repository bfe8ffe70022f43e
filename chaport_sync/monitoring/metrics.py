"""The metrics, named by Prometheus's conventions; no label holds an id, an address or the name of a person."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Info, Summary
from prometheus_client.core import GaugeMetricFamily

from chaport_sync import __version__
from chaport_sync.core.ledger import LineState
from chaport_sync.core.settings_in_force import RulesInForce
from chaport_sync.core.text import one_line
from chaport_sync.core.transcripts.turns import Work
from chaport_sync.store import Store
from chaport_sync.sync.cycle import Report
from chaport_sync.sync.replies.flow import ReplyReport
from chaport_sync.sync.statuses.report import StatusReport
from chaport_sync.sync.transcripts.flow import TranscriptReport

#: Each of these statuses has a series from the beginning, so that an alert finds a zero and not nothing.
STATUSES = ("online", "invisible", "offline", "unknown")
FLOWS = ("statuses", "transcripts", "replies")
#: The longest name of an account that was left out, in characters: its file may have any name. Others are not longer.
LONGEST_NAME = 63


@dataclass(frozen=True, slots=True, eq=False)
class Gauge:
    """A gauge, and how the figures of many accounts become its series.

    Attributes:
        label: Its label, empty if it has none.
        own: The values of its label for which each of many accounts has a series; the others are told of all together.
        longest: Whether all together are the largest figure, and not the sum.
    """

    name: str
    text: str
    label: str = ""
    own: Collection[str] = ()
    longest: bool = False


UP = Gauge(
    "chaport_sync_flow_up",
    "1 if the last poll of this flow worked, 0 if it failed or does not end.",
    "flow",
    own=FLOWS,
)
SUCCESS = Gauge(
    "chaport_sync_flow_last_success_timestamp_seconds", "When a poll of this flow last worked.", "flow", own=FLOWS
)
OPERATORS = Gauge(
    "chaport_sync_operators",
    "Paired operators by their status in Chaport. If none is online, the chat is off the website.",
    "status",
    own=("online",),
)
CHATS = Gauge(
    "chaport_sync_chats",
    "Chats that the daemon remembers, and those of them that it reads again and again, as they may go on.",
    "state",
)
LATE = {
    Work.READING: Gauge(
        "chaport_sync_reading_late_seconds",
        "How late the daemon is with reading chats in Chaport: the longest time that a visitor has waited.",
        longest=True,
    ),
    Work.DELIVERING: Gauge(
        "chaport_sync_delivering_late_seconds",
        "How late the daemon is with writing chats into Deskie: the longest time that a visitor has waited.",
        longest=True,
    ),
}
WAITING = Gauge(
    "chaport_sync_visitors_waiting",
    "Visitors whose chats are still to be read in Chaport, or to be written into Deskie.",
    "work",
)
DELIVERIES = Gauge(
    "chaport_sync_deliveries",
    "Messages of chats that are not in Deskie yet: on the way, held back on purpose, or rejected by Deskie.",
    "state",
    own=("parked",),
)
REPLIES = Gauge(
    "chaport_sync_replies",
    "Agents' answers that are on the way to the visitor, or were given up.",
    "state",
    own=("parked",),
)
GAUGES = (UP, SUCCESS, OPERATORS, CHATS, *LATE.values(), WAITING, DELIVERIES, REPLIES)

#: What a flow found: figures by the gauge and the value of its label.
Found = Mapping[tuple[Gauge, str], float]


class Metrics:
    """The metrics of the process: figures of each account, joined when they are asked for; counters of all together.

    Another thread asks, so each account's figures are replaced and never changed. The name of an account that is the
    only one is empty, and no label.

    Attributes:
        registry: What is served.
        left_out: The names of the accounts that do not run.
    """

    def __init__(self) -> None:
        self.left_out: Collection[str] = ()
        self._found: dict[str, Mapping[str, Found]] = {}
        self.registry = CollectorRegistry(auto_describe=True)
        Info("chaport_sync_build", "The version that runs.", registry=self.registry).info({"version": __version__})
        self._events = Counter(
            "chaport_sync_log_events",
            "How often each event of docs/events.md was logged.",
            ("event", "level"),
            registry=self.registry,
        )
        self._cycles = Summary(
            "chaport_sync_cycle_duration_seconds",
            "How many polls this flow has made, and how many seconds they took together.",
            ("flow",),
            registry=self.registry,
        )
        self.registry.register(self)

    def begin(self, account: str, flows: Collection[str]) -> None:
        """Begin a run of an account with these flows, and forget the figures of flows that are switched off."""
        self._found[account] = {flow: found for flow, found in self._flows(account).items() if flow in flows}

    def forget(self, account: str) -> None:
        """Forget the figures of an account that has ended."""
        self._found.pop(account, None)

    def of_account(self, account: str) -> Found:
        """Return the figures of one account. Other threads may ask."""
        return {key: figure for found in self._flows(account).values() for key, figure in found.items()}

    def count(self, event: dict[str, Any]) -> None:
        """Count a logged event; a tap of `logs.setup`."""
        self._events.labels(str(event["event"]), str(event["level"])).inc()

    def cycled(self, account: str, flow: str, report: Report, seconds: float, now: float, store: Store) -> None:
        """Take the figures from the report of a cycle of `seconds` that ended at `now` (Unix seconds)."""
        self._cycles.labels(flow).observe(seconds)
        found = {(UP, flow): float(report.well)}
        if report.well:
            found[SUCCESS, flow] = now
        if isinstance(report, StatusReport):
            if report.operators:
                known = [status if status in STATUSES else "unknown" for status in report.operators.values()]
                found |= {(OPERATORS, status): known.count(status) for status in STATUSES}
        elif isinstance(report, TranscriptReport):
            for work, late in report.late.items():
                found |= {(LATE[work], ""): late.seconds, (WAITING, work.value): late.visitors}
            found |= {(CHATS, state): count for state, count in store.counts.chats().items()}
            # By the rules in force in the state file, as the commands do, so that both show the same numbers.
            if rules := store.marks.find(RulesInForce):
                counts = store.counts.deliveries(rules.cases, now)
                found |= {(DELIVERIES, state): count for state, count in counts.items()}
        elif isinstance(report, ReplyReport):
            counted = store.counts.replies()
            found[REPLIES, "waiting"] = counted.get(LineState.NEW, 0) + counted.get(LineState.SENDING, 0)
            found[REPLIES, "parked"] = counted.get(LineState.PARKED, 0)
        self._take(account, flow, found)

    def broke(self, account: str, flow: str) -> None:
        """Note that a flow stands still, or that its cycle ended in an error of the daemon."""
        self._take(account, flow, {(UP, flow): 0})

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges: of each account what is its own, and the rest of all together."""
        series: dict[Gauge, dict[tuple[str, ...], list[float]]] = {gauge: defaultdict(list) for gauge in GAUGES}
        for account, flows in self._found.copy().items():
            for found in flows.values():
                for (gauge, of), figure in found.items():
                    whose = account if of in gauge.own else ""
                    series[gauge][tuple(filter(None, (of, whose)))].append(figure)
        for gauge, its in series.items():
            family = GaugeMetricFamily(gauge.name, gauge.text, labels=(gauge.label, "account") if gauge.label else ())
            if not gauge.label:
                its.setdefault((), [0])
            for labels, figures in its.items():
                family.add_metric(labels, max(figures) if gauge.longest else sum(figures))
            if gauge is UP:
                for name in {one_line(name, LONGEST_NAME) for name in tuple(self.left_out)}:
                    family.add_metric(("", name), 0)
            yield family

    def _take(self, account: str, flow: str, found: Found) -> None:
        flows = self._flows(account)
        self._found[account] = {**flows, flow: {**flows.get(flow, {}), **found}}

    def _flows(self, account: str) -> Mapping[str, Found]:
        return self._found.get(account, {})
