"""How much of a cluster's accounts a worker has, as metrics (K5)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric


@dataclass(frozen=True)
class Share:
    """What a worker of a cluster has of the accounts.

    Attributes:
        known: Whether it has looked at all.
        held: How many it holds.
        unheld: How many accounts nobody holds.
        nobody_can: Those of them that no worker can run.
        taken_over: How many it has taken since it started whose worker was gone.
        trouble: Why its session in the database is lost, empty if it is not.
    """

    known: bool = False
    held: int = 0
    unheld: int = 0
    nobody_can: frozenset[str] = frozenset()
    taken_over: int = 0
    trouble: str = ""


class ShareFigures:
    """Gives a worker's share to whoever asks for metrics; in another thread.

    Args:
        share: Returns what the worker has now.
    """

    def __init__(self, share: Callable[[], Share]) -> None:
        self._share = share

    def collect(self) -> Iterator[Metric]:
        """Yield the figures."""
        share = self._share()
        yield GaugeMetricFamily("chaport_sync_accounts_held", "Accounts that this worker holds.", value=share.held)
        yield GaugeMetricFamily(
            "chaport_sync_accounts_unheld",
            "Accounts that no worker holds, as this worker saw it last.",
            value=share.unheld,
        )
        yield CounterMetricFamily(
            "chaport_sync_takeovers",
            "How many accounts this worker has taken whose worker was gone.",
            value=share.taken_over,
        )
        yield GaugeMetricFamily(
            "chaport_sync_cluster_up",
            "1 if the session in the cluster's database is open, 0 if nothing can be recorded.",
            value=not share.trouble,
        )
