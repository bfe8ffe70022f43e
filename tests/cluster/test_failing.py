"""K5: an account that fails on one machine is run by another; where none can, that is said, and it is tried again."""

import pytest

from chaport_sync.app import App
from chaport_sync.configured import Configured, Source
from chaport_sync.store import Fenced, StoreError
from tests.cluster.fleets import starts, works
from tests.processes.daemon_process import until

pytestmark = pytest.mark.processes

FOREIGN = StoreError("its state belongs to another help desk")


async def fails(error: StoreError = FOREIGN) -> App:
    """Fail to start."""
    raise error


async def test_what_fails_here_is_run_by_another(url: str) -> None:
    """K5: it is given back, and it is well from then on: whoever asks this worker is not told that it is down."""
    async with works(url, "one", fails) as (_, one), works(url, "two", starts) as (_, two):
        await until(lambda: "acme" in two.accounts, 8)
        await until(lambda: not one.left_out, 3)


async def test_what_fails_everywhere_is_said(url: str) -> None:
    """K5, F5: an account that no worker can run is named with its reason, and tried again after a reload."""
    async with works(url, "one", fails) as (worker, fleet):
        await until(lambda: worker.share.nobody_can == {"acme"}, 5)
        assert fleet.left_out == {"acme": str(FOREIGN)}
        fleet.follow(Configured({"acme": Source(starts)}), new=False)
        await until(lambda: "acme" in fleet.accounts, 5)


async def test_a_late_word_of_the_last_holder_does_no_harm(url: str) -> None:
    """K2, K3: a worker whose start was fenced loads again at once; it does not wait as after a failure of its own."""
    begun: list[int] = []

    async def once_fenced() -> App:
        begun.append(0)
        if len(begun) > 1:
            return await starts()
        worker.log_of("acme").fenced = True
        raise Fenced("another writer has appended in this very moment")

    async with works(url, "one", once_fenced) as (worker, fleet):
        await until(lambda: len(begun) > 1, 4)
        assert "acme" in fleet.accounts
