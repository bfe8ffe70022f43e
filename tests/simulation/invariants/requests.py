"""What is asked: never more than the budget (P5), nothing written in a dry run."""

from collections import deque

from tests.simulation.life import Life, Observer
from tests.simulation.network import Exchange
from tests.simulation.setting import Setting
from tests.simulation.trace import Trace
from tests.world import World

#: Units a minute before the account has said its limit (P5).
UNTOLD = 10


class Requests(Observer):
    """Counts each life's requests: a new one begins with a quarter in hand, whatever the last one used."""

    def __init__(self, world: World, setting: Setting, trace: Trace) -> None:
        self._world = world
        self._setting = setting
        self._trace = trace
        self._used: dict[int, deque[tuple[float, int]]] = {}
        self._units: dict[int, int] = {}
        self._last: dict[int, float] = {}
        self._told: set[int] = set()

    def on_request(self, life: Life, exchange: Exchange) -> None:
        """P5: at most the budget in any 60 seconds, and the pace is never exceeded."""
        if life.dry_run and exchange.method != "GET":
            self._trace.violate("no write in a dry run", f"{exchange.method} {exchange.path}")
        if exchange.deskie:
            self._budget(life, exchange)
        else:
            self._pace(life, exchange)

    def on_answer(self, life: Life, exchange: Exchange) -> None:
        """The account says its limit with each answer."""
        if exchange.deskie and exchange.response is not None and "rate_limit_per_minute" in exchange.response.headers:
            self._told.add(life.number)

    def _budget(self, life: Life, exchange: Exchange) -> None:
        used, cost = self._used.setdefault(life.number, deque()), 1 if exchange.method == "GET" else 2
        used.append((exchange.at, cost))
        units, limit = self._units.get(life.number, 0) + cost, self._limit(life)
        while used[0][0] <= exchange.at - 60:
            units -= used.popleft()[1]
        self._units[life.number] = units
        if units > limit:
            self._trace.violate("no request over a budget", f"{units} units in a minute, {limit} are allowed")

    def _limit(self, life: Life) -> int:
        configured, account = int(self._setting.config["deskie.requests_per_minute"]), self._setting.limit
        if life.number not in self._told:
            return configured or UNTOLD
        return min(configured, account) if configured else account // 2

    def _pace(self, life: Life, exchange: Exchange) -> None:
        before = self._last.get(life.number)
        self._last[life.number] = exchange.at
        interval = 1 / self._setting.number("chaport.requests_per_second")
        if before is not None and exchange.at - before < interval - 1e-6:
            pause = exchange.at - before
            self._trace.violate("no request over a budget", f"Chaport is asked {pause:.3f} s after the last time")
