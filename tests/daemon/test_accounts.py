"""Several accounts in one daemon: each for itself, and a reload touches only what it changes (P4, P8)."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from chaport_sync.config import ConfigError
from chaport_sync.configured import Configured
from chaport_sync.sandbox.faults import Kind
from chaport_sync.store import StoreError
from tests.daemon.fleets import Fleet, fleet, three
from tests.world import World


async def test_each_account_is_served(world: World) -> None:
    """P8: each has its flows, and what is logged names it."""
    async with fleet(world, three) as found:
        await asyncio.sleep(60)
        assert all(found.online(name) for name in found.worlds)
        assert sorted(found.told("account.started")) == sorted(found.told("account.ready")) == ["acme", "beta", "gamma"]
        assert {each["account"] for each in found.log if each["event"] == "status.changed"} == set(found.worlds)
        assert "READY=1" in found.manager.told
        assert found.status == "STATUS=3 of 3 accounts ok"


async def test_how_all_do_is_told_now_and_then(world: World) -> None:
    """P8: with hundreds of accounts hundreds of cycles end in a few seconds, and each would look at all of them."""
    async with fleet(world, three) as found:
        await asyncio.sleep(60)
        found.manager.since()
        await asyncio.sleep(60)
        assert found.manager.since().count("STATUS=3 of 3 accounts ok") <= 7


async def test_first_polls_are_spread(world: World) -> None:
    """P8: accounts that start together do not ask together."""
    async with fleet(world, lambda found: [found.add(f"a{number}") for number in range(8)]) as found:
        await asyncio.sleep(60)
        firsts = sorted(each.sandbox.journal[0].at for each in found.worlds.values())
        assert (firsts[-1] - firsts[0]).total_seconds() > 3


async def test_trouble_of_one_is_its_own(world: World) -> None:
    """P4: while one account's services hang, or answer nonsense, the others' requests are the same as without it."""

    async def requests(trouble: Kind | None) -> list[tuple[Any, ...]]:
        folder = world.folder / (trouble or "well")
        folder.mkdir()
        found = Fleet(folder, world.time, world.log)
        three(found)
        if trouble:
            found.worlds["beta"].sandbox.faults.add(trouble, times=None)
        began = world.time.now()
        life = asyncio.create_task(found.daemon.run())
        await asyncio.sleep(300)
        found.daemon.stop()
        await life
        return [
            (name, round((each.at - began).total_seconds(), 3), each.method, each.path, each.body)
            for name in ("acme", "gamma")
            for each in found.worlds[name].sandbox.journal
            if each.method != "POST"  # leases end at a time of day
        ]

    well = await requests(None)
    assert len(well) > 50
    assert await requests("hang") == well
    assert await requests("html") == well


async def test_a_wrong_account_is_left_out(world: World) -> None:
    """P8: its mistake is told with its name, and the others run; once it is mended a reload starts it."""

    def prepare(found: Fleet) -> None:
        three(found)
        del found.settings["beta"]
        found.rejected["beta"] = ("beta.toml: [deskie] email: is missing",)
        found.broken.add("gamma")

    async with fleet(world, prepare) as found:
        await asyncio.sleep(60)
        assert (found.online("acme"), found.online("beta"), found.online("gamma")) == (True, False, False)
        assert (found.told("config.rejected"), found.told("account.failed")) == (["beta"], ["gamma"])
        assert found.status == "STATUS=1 of 3 accounts ok; failing: beta, gamma"
        found.rejected.clear()
        found.broken.clear()
        found.settings["beta"] = found.worlds["beta"].settings()
        await found.reload()
        assert all(found.online(name) for name in found.worlds)
        assert found.status == "STATUS=3 of 3 accounts ok"


async def test_a_reload_touches_only_what_has_changed(world: World) -> None:
    """P8: new accounts start, those that are gone stop, changed ones start over, and the rest goes on."""
    async with fleet(world, three) as found:
        await asyncio.sleep(60)
        del found.settings["acme"]
        found.change("beta")
        found.add("delta")
        found.manager.since()
        await found.reload()
        assert sorted(found.built) == ["beta", "delta"]
        assert (found.told("account.removed"), found.told("config.reloaded")) == (["acme"], ["beta"])
        assert found.online("delta")
        told = found.manager.since()
        assert [line for line in told if line.startswith(("RELOADING", "READY"))] == ["RELOADING=1", "READY=1"]
        asked = len(found.worlds["acme"].sandbox.journal)
        await asyncio.sleep(60)
        assert len(found.worlds["acme"].sandbox.journal) == asked
        assert found.status == "STATUS=3 of 3 accounts ok"


async def test_an_account_that_cannot_start_over(world: World) -> None:
    """P8: what breaks between the check and the start concerns it alone, ends the reload, and is tried again later."""
    async with fleet(world, three) as found:
        await asyncio.sleep(60)
        found.manager.since()
        found.change("beta")
        found.broken.add("beta")
        await found.reload()
        told = found.manager.since()
        assert [line for line in told if line.startswith(("RELOADING", "READY"))] == ["RELOADING=1", "READY=1"]
        assert found.told("account.failed") == ["beta"]
        assert "STATUS=2 of 3 accounts ok; failing: beta" in told
        found.broken.clear()
        await found.reload()
        assert found.status == "STATUS=3 of 3 accounts ok"


async def test_a_defect_of_one_at_a_start(world: World) -> None:
    """P4: what nobody expects when an account is started concerns it alone, and it is tried again at each reload."""

    def prepare(found: Fleet) -> None:
        three(found)
        found.broken.add("acme")
        found.error = ZeroDivisionError()

    async with fleet(world, prepare) as found:
        await asyncio.sleep(60)
        assert (found.online("beta"), found.online("gamma")) == (True, True)
        found.manager.since()
        found.add("delta")
        await found.reload()
        assert found.online("delta")
        told = found.manager.since()
        assert [line for line in told if line.startswith(("RELOADING", "READY"))] == ["RELOADING=1", "READY=1"]
        assert found.told("account.failed") == ["acme", "acme"]
        assert "STATUS=3 of 4 accounts ok; failing: acme" in told


async def test_a_defect_of_one_at_a_check(world: World) -> None:
    """P4, P8: what nobody expects when a change is checked rejects it, and the others get theirs."""
    async with fleet(world, three) as found:
        await asyncio.sleep(60)
        read = found.daemon._read

        def check() -> None:
            raise ZeroDivisionError

        def broken() -> Configured:
            sources = read().sources
            return Configured({**sources, "acme": replace(sources["acme"], check=check)})

        found.daemon._read = broken
        found.change("acme")
        found.change("beta")
        await found.reload()
        assert found.built == ["beta"]
        assert found.told("config.rejected") == ["acme"]
        assert found.status == "STATUS=2 of 3 accounts ok; failing: acme"


async def test_a_rejected_change_leaves_the_old_configuration(world: World) -> None:
    """P8: it stays in force for this account, and the others get theirs."""
    async with fleet(world, three) as found:
        await asyncio.sleep(60)
        del found.settings["acme"]
        found.rejected["acme"] = ("acme.toml: [status] lease: must be at least 120",)
        found.change("beta")
        await found.reload()
        assert found.built == ["beta"]
        asked = len(found.worlds["acme"].sandbox.journal)
        await asyncio.sleep(60)
        assert len(found.worlds["acme"].sandbox.journal) > asked
        assert found.status == "STATUS=2 of 3 accounts ok; failing: acme"


async def test_a_wrong_shared_file_changes_nothing(world: World) -> None:
    """P8: nobody stops or starts over."""
    async with fleet(world, three) as found:
        await asyncio.sleep(60)

        def wrong() -> Configured:
            raise ConfigError(world.folder / "config.toml", ("it is not valid TOML",))

        found.daemon._read = wrong
        await found.reload()
        assert found.built == []
        assert [each["problems"] for each in found.log if each["event"] == "config.rejected"] == [
            ["it is not valid TOML"]
        ]
        assert found.status.startswith("STATUS=0 of 3 accounts ok")


async def test_no_account_can_be_run(world: World) -> None:
    """P8: a daemon that could do nothing ends, so that systemd shows it as failed."""
    found = Fleet(world.folder, world.time, world.log)
    three(found)
    found.broken |= {"acme", "beta", "gamma"}
    with pytest.raises(StoreError, match="none of the accounts"):
        await found.daemon.run()


async def test_a_hanging_account_does_not_starve_the_watchdog(world: World) -> None:
    """P10: a restart would take all accounts with it, so one that stands still is told, and the others go on."""
    async with fleet(world, three) as found:
        await asyncio.sleep(60)
        found.hang("beta")
        await asyncio.sleep(900)
        found.manager.since()
        await asyncio.sleep(60)
        told = found.manager.since()
        assert "WATCHDOG=1" in told
        assert "STATUS=2 of 3 accounts ok; failing: beta" in told
        assert {each["account"] for each in found.log if each["event"] == "poll.failed"} == {"beta"}
