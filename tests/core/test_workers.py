"""K5: how a cluster is, in a sentence: all is held, or what is wrong and what to do."""

import pytest

from chaport_sync.core.workers import MOVE, AccountThere, ClusterNow, WorkerThere

W1, W2 = WorkerThere("w1", "10.0.0.1", 1.0), WorkerThere("w2", "10.0.0.2", 2.0)
BOTH = frozenset({"w1", "w2"})


def held(name: str, by: str = "w1") -> AccountThere:
    """Return an account that a worker holds."""
    return AccountThere(name, holder=by, since=3.0, last=by, able=BOTH)


@pytest.mark.parametrize(
    ("cluster", "answer"),
    [
        (ClusterNow([W1, W2], [held("acme"), held("beta", "w2")]), "2 workers hold all 2 accounts."),
        (ClusterNow([W1], [held("acme")]), "1 worker holds the one account. If it dies, no other takes over."),
    ],
)
def test_all_is_held(cluster: ClusterNow, answer: str) -> None:
    """Then nothing is to be done, and it is said."""
    assert (cluster.answer, cluster.trouble) == (answer, "")


@pytest.mark.parametrize(
    ("cluster", "answer"),
    [
        (
            ClusterNow([], [AccountThere("acme")]),
            "No worker runs; nobody holds the one account. Start chaport-sync on ",
        ),
        (ClusterNow([], []), "No worker runs. Start chaport-sync on a host with this configuration."),
        (ClusterNow([W1, W2], []), "There is no account yet. Put the file of one on a worker and reload that."),
        (
            ClusterNow([W1, WorkerThere("w1", "10.0.0.2", 2.0)], [held("acme")]),
            "Several workers are called w1 (10.0.0.1, 10.0.0.2). Give each its own [cluster] worker.",
        ),
        (
            ClusterNow([W1], [held("acme"), AccountThere("beta", able=frozenset({"w1"}))]),
            "Nobody holds 1 of 2 accounts: beta. Of beta w1 can take it, which is a matter of seconds; look again.",
        ),
        (
            ClusterNow([W1], [AccountThere("beta", able=BOTH), AccountThere("zeta")]),
            "Nobody holds 2 of 2 accounts: zeta, beta. Of zeta no worker can run it: put a valid zeta.toml on one",
        ),
    ],
)
def test_what_is_wrong(cluster: ClusterNow, answer: str) -> None:
    """The gravest comes first: nobody runs, two share a name, nobody can run it, nobody has taken it yet."""
    assert cluster.trouble == cluster.answer
    assert cluster.answer.startswith(answer)


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (held("acme"), "held by w1 since 3"),
        (AccountThere("acme", last="w1"), "held by nobody; it was left by w1"),
        (AccountThere("acme"), "held by nobody"),
        (AccountThere("acme", holder=MOVE), "held by chaport-sync move"),
    ],
)
def test_who_holds_an_account(account: AccountThere, words: str) -> None:
    """A command that moves it is no worker."""
    assert account.held(lambda at: f"{at:g}") == words
    assert account.is_worked_on == (account.holder == "w1")
