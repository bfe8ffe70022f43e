"""Whoever has lost the account to another sends nothing for it but renewals (K2, K4)."""

from tests.simulation.life import Life
from tests.simulation.network import Exchange
from tests.simulation.trace import ALL, Trace

INVARIANT = "nothing is sent by whoever has lost the account"


class Former:
    """Knows what each operator was set to last, and what it was when a life lost the account."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._words: dict[str, str] = {}
        self._known: dict[int, dict[str, str]] = {}

    def loses(self, life: Life) -> None:
        """Another takes over from this life."""
        self._known[life.number] = dict(self._words)

    def sends(self, life: Life, exchange: Exchange) -> None:
        """A request leaves a life."""
        if exchange.method == "GET" or life.elsewhere:
            return
        word = "" if exchange.deskie or not exchange.path.endswith("/status") else str(exchange.body()["status"])
        known = self._known.get(life.number)
        if known is None:
            self._words[exchange.path] = word
        elif word in ("", "offline") or word != known.get(exchange.path):
            message = f"daemon {life.number}: {exchange.method} {exchange.path} {word}"
            self._trace.violate(INVARIANT, message, ALL)
