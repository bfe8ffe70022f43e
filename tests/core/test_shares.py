"""K1, K5: each account is run, the shares are fair, and as little as possible changes hands."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaport_sync.core.shares import Plan, Seen, Why, plan

A, B, C = 11, 12, 13


def seen(
    accounts: str,
    held: Mapping[int, str],
    cannot: Mapping[int, str] | None = None,
    last: Mapping[str, str] | None = None,
) -> Seen:
    """Return what is seen of accounts that are single letters; the workers are those of `held`."""
    return Seen(
        {each: (last or {}).get(each) for each in accounts},
        {account: worker for worker, theirs in held.items() for account in theirs},
        {worker: set((cannot or {}).get(worker, "")) for worker in held},
    )


def planned(view: Seen, me: int, name: str = "me", *, patient: bool = False) -> Plan:
    """Return the plan of a worker that took what it holds in the order of the accounts."""
    return plan(view, me, name, [each for each, worker in view.holders.items() if worker == me], patient=patient)


@pytest.mark.parametrize(
    ("accounts", "held", "cannot", "takes"),
    [
        ("abcde", {A: ""}, {}, "abcde"),  # alone
        ("abcde", {A: "", B: ""}, {}, "ace"),  # its share
        ("abcde", {A: "ab", B: ""}, {}, "e"),  # after the other has as many
        ("abcd", {A: "ab", B: ""}, {}, ""),  # the other has fewer
        ("abcde", {A: "", B: "ab"}, {}, "cde"),  # it has fewer
        ("abcd", {A: "a", B: ""}, {A: "b"}, "c"),  # not what it cannot run
        ("abcd", {A: "", B: ""}, {B: "cd"}, "cd"),  # first what only it can run
        ("abcdef", {A: "abcd", B: "e"}, {B: "f"}, "f"),  # beyond its share, as nobody else can
    ],
)
def test_what_is_taken(accounts: str, held: dict[int, str], cannot: dict[int, str], takes: str) -> None:
    """K5: a worker takes what falls to it when the free accounts are dealt to those with the fewest."""
    assert "".join(sorted(planned(seen(accounts, held, cannot), A).take)) == takes


@pytest.mark.parametrize(
    ("accounts", "held", "cannot", "gives"),
    [
        ("abcd", {A: "abcd", B: ""}, {}, ("d", Why.FEWER)),  # the last that it took
        ("abc", {A: "ab", B: "c"}, {}, None),  # one more is fair
        ("abcde", {A: "abc", B: ""}, {}, None),  # two are on their way to the other
        ("abcd", {A: "abcd", B: ""}, {B: "cd"}, ("b", Why.FEWER)),  # what the other can run
        ("abcd", {A: "abcd", B: ""}, {B: "abcd"}, None),  # nobody would run it
        ("abc", {A: "a", B: "bc"}, {A: "a"}, ("a", Why.CANNOT)),  # another can, however much it has
        ("abc", {A: "a", B: "bc"}, {A: "a", B: "a"}, ("a", Why.CANNOT)),  # nobody can, and that is said
    ],
)
def test_what_is_given_back(
    accounts: str, held: dict[int, str], cannot: dict[int, str], gives: tuple[str, Why] | None
) -> None:
    """K5: one account at a time is given back, to one that has two fewer; what is on its way counts."""
    assert planned(seen(accounts, held, cannot), A).give == gives


def test_why_it_is_taken() -> None:
    """K1: what it held last it takes whatever its share; each account that is taken has its reason."""
    view = seen("abcd", {A: "", B: ""}, last={"a": "me", "b": "me", "c": "other"})
    assert planned(view, A).take == {"a": Why.OWN, "b": Why.OWN, "c": Why.LEFT}


def test_patience() -> None:
    """K1: after a lost session it takes what it held itself and what nobody held, and leaves the others' to them."""
    view = seen("abc", {A: ""}, last={"a": "me", "b": "other"})
    assert set(planned(view, A, patient=True).take) == {"a", "c"}
    assert set(planned(view, A).take) == {"a", "b", "c"}


def test_what_it_cannot_run_stays_although_it_was_its_own() -> None:
    """K5: a worker whose file is gone leaves the account to the others."""
    assert planned(seen("a", {A: "", B: ""}, {A: "a"}, {"a": "me"}), A).take == {}


def test_nobody_can() -> None:
    """K5: what no worker can run is said; what one that is leaving holds is not free."""
    assert planned(seen("abc", {A: "", B: "b"}, {A: "ab", B: "a"}), A).nobody_can == {"a"}
    leaving = Seen({"a": "other"}, {"a": C}, {A: {"a"}})
    assert planned(leaving, A).nobody_can == frozenset()


class Cluster:
    """Workers that follow their plans, with the locks that decide between them."""

    def __init__(self, accounts: int, cannot: Mapping[int, set[str]]) -> None:
        self.accounts: dict[str, str | None] = {f"a{number:02}": None for number in range(accounts)}
        self.held: dict[int, list[str]] = {worker: [] for worker in cannot}
        self.cannot = dict(cannot)
        self.moves = 0

    def seen(self) -> Seen:
        """Return what all see."""
        holders = {account: worker for worker, theirs in self.held.items() for account in theirs}
        return Seen(dict(self.accounts), holders, self.cannot)

    def turn(self, worker: int, view: Seen) -> bool:
        """Let a worker do what it plans, by a view that may be out of date; return whether it did anything."""
        taken = self.seen().holders
        todo = plan(view, worker, str(worker), self.held[worker], patient=False)
        for account in todo.take:
            if account not in taken:
                self.held[worker].append(account)
                self.accounts[account] = str(worker)
        if todo.give and not todo.take:
            self.held[worker].remove(todo.give[0])
            self.accounts[todo.give[0]] = None
            self.moves += 1
        return bool(todo.take or todo.give)

    def settle(self, order: list[int]) -> None:
        """Let all take turns, some of them at once, until nobody does anything; fail when that never happens."""
        for _ in range(4 * len(self.accounts) + 10):
            view = self.seen()
            at_once = [self.turn(worker, view) for worker in order]
            if not any(at_once):
                return
            for worker in order:
                self.turn(worker, self.seen())
        raise AssertionError("accounts change hands for ever")


names = st.sampled_from([f"a{number:02}" for number in range(12)])


@given(st.integers(0, 12), st.lists(st.sets(names), min_size=1, max_size=4), st.randoms())
def test_all_are_run_and_nobody_starves(accounts: int, cannot: list[set[str]], rng: object) -> None:
    """K5: whatever each can run, all that somebody can run is run, it comes to rest, and nobody could give one more."""
    cluster = Cluster(accounts, dict(enumerate(cannot, 1)))
    order = sorted(cluster.held, key=lambda _: rng.random())  # type: ignore[attr-defined]
    cluster.settle(order)
    view = cluster.seen()
    assert set(view.free) == {each for each in view.accounts if not view.able(each)}
    load = {worker: len(theirs) for worker, theirs in cluster.held.items()}
    for account, worker in view.holders.items():
        assert all(load[other] + 2 > load[worker] for other in view.able(account) if other != worker)


@given(st.integers(0, 40), st.integers(1, 5), st.integers(1, 5), st.randoms())
def test_shares_are_fair_and_little_moves(accounts: int, before: int, after: int, rng: object) -> None:
    """K5: when workers come or go, each has ⌈n / m⌉ or one fewer in the end; no more moves than that takes."""
    cluster = Cluster(accounts, {worker: set() for worker in range(1, before + 1)})
    cluster.settle(list(cluster.held))
    assert cluster.moves == 0
    for worker in range(before + 1, after + 1):
        cluster.held[worker], cluster.cannot[worker] = [], set()
    for worker in range(after + 1, before + 1):
        del cluster.held[worker], cluster.cannot[worker]
    order = sorted(cluster.held, key=lambda _: rng.random())  # type: ignore[attr-defined]
    cluster.settle(order)
    fair = -(-accounts // after)
    assert all(fair - 1 <= len(theirs) <= fair for theirs in cluster.held.values())
    assert cluster.moves <= max(0, after - before) * fair + before
