"""Some of the seeds, each a busy half hour; `python -m tests.simulation` runs as many as one likes."""

import pytest

from tests.simulation.command import simulate, told

#: In the second pair crowds come, of visitors and of operators, in the third agents answer.
SEEDS = (200, 201, 220, 292, 404, 405)
#: It has deaths and faults.
ON_A_LOG = (172,)
#: Workers are killed, stopped and cut off; in the second one two visitors share a case that was merged and closed.
IN_A_CLUSTER = (12, 22)
#: One account's services hang, a defect keeps it from coming back, its disk is full.
OF_ACCOUNTS = (0, 15, 22)


@pytest.mark.processes
def test_no_promise_is_broken() -> None:
    """Whatever happens, each event is displayed once and nobody is offline without cause."""
    result = simulate(*(word for seed in SEEDS for word in ("--seed", str(seed))))
    assert result["found"] == [], told(result)
    assert result["seeds"] == len(SEEDS)
    assert result["requests"] > 500 * len(SEEDS)


@pytest.mark.processes
def test_a_run_on_a_log_is_the_run_on_a_file() -> None:
    """F4, K1: whatever is recorded, each start on the log finds what it would find in a file, to the last request.

    So the seed decides everything: nothing else is the same in these two processes.
    """
    words = [word for seed in ON_A_LOG for word in ("--seed", str(seed))]
    on_a_file, on_a_log = simulate(*words), simulate(*words, "--state", "log")
    assert on_a_log == on_a_file
    assert on_a_log["deaths"] > 0
    assert on_a_log["faults"] > 0


@pytest.mark.processes
def test_a_log_that_loses_what_was_not_appended() -> None:
    """F4: no promise is broken where each death is a power cut."""
    result = simulate(*(word for seed in ON_A_LOG for word in ("--seed", str(seed))), "--state", "losing-log")
    assert result["found"] == [], told(result)


@pytest.mark.processes
def test_workers_take_over_from_one_another() -> None:
    """K1 to K4: who is killed, stopped or cut off and replaced doubles and loses nothing, and sends no more."""
    result = simulate(*(word for seed in IN_A_CLUSTER for word in ("--seed", str(seed))), "--state", "cluster")
    assert result["found"] == [], told(result)
    assert result["take-overs"] >= 10 * len(IN_A_CLUSTER)


@pytest.mark.processes
def test_trouble_of_one_account_is_its_own() -> None:
    """P4, P8: of three accounts one is in trouble, and each request of the others is as it is without."""
    result = simulate("--accounts", *(word for seed in OF_ACCOUNTS for word in ("--seed", str(seed))))
    assert result["found"] == [], told(result)
    assert result["misfortunes"] == len(OF_ACCOUNTS)
    assert result["requests"] > 1000 * len(OF_ACCOUNTS)
