"""`/metrics` and `/healthz` of a daemon with several accounts, over real HTTP (P10)."""

import asyncio
import socket
from collections.abc import Callable
from urllib.error import URLError

import pytest

from tests.daemon.fleets import Fleet, fleet, three
from tests.scraping import free_port, get, scrape
from tests.world import World


def served(port: int, *names: str) -> Callable[[Fleet], None]:
    """Configure accounts of these names, or three, whose daemon listens at a port."""

    def prepare(found: Fleet) -> None:
        found.listen = ("127.0.0.1", port)
        if not names:
            three(found)
        for name in names:
            found.add(name)

    return prepare


def healthz(port: int) -> tuple[int, list[str]]:
    """Return the status and the lines of the answer."""
    code, text = get(port, "/healthz")
    return code, text.splitlines()


async def test_all_are_well(world: World, port: int) -> None:
    """P10: the answer is the one of a single account; each account's flows are told by its name."""
    async with fleet(world, served(port)) as found:
        await asyncio.sleep(60)
        assert healthz(port) == (200, ["ok"])
        figures = scrape(port)
        flows = {(name, flow) for name in found.worlds for flow in ("statuses", "transcripts")}
        assert {(key[1], key[2]) for key in figures if key[0] == "flow_up"} == flows
        assert all(figures["flow_up", *each] == 1 for each in flows)
        assert figures["operators", "acme", "online"] == 1


async def test_who_does_not_run_is_down(world: World, port: int) -> None:
    """P10: whose configuration was rejected, or whose state file cannot be used, has nobody else to say so."""

    def prepare(found: Fleet) -> None:
        served(port)(found)
        del found.settings["beta"]
        found.rejected["beta"] = ("beta.toml: [deskie] email: is missing",)
        found.broken.add("gamma")

    async with fleet(world, prepare) as found:
        await asyncio.sleep(60)
        assert healthz(port) == (
            503,
            [
                "2 of 3 accounts are down",
                "beta: beta.toml: [deskie] email: is missing",
                "gamma: the state file is damaged",
            ],
        )
        figures = scrape(port)
        assert (figures["flow_up", "beta", ""], figures["flow_up", "gamma", ""]) == (0, 0)
        found.rejected.clear()
        found.broken.clear()
        found.settings["beta"] = found.worlds["beta"].settings()
        await found.reload()
        assert healthz(port) == (200, ["ok"])
        assert [key for key in scrape(port) if key[0] == "flow_up" and "" in key] == []


async def test_an_account_that_stands_still(world: World, port: int) -> None:
    """P10: the answer says which one, though the others are well."""
    async with fleet(world, served(port)) as found:
        await asyncio.sleep(60)
        found.hang("beta")
        await asyncio.sleep(300)
        code, lines = healthz(port)
        assert (code, lines[0], len(lines)) == (503, "1 of 3 accounts are down", 2)
        assert lines[1].startswith("beta: statuses: nothing done for ")
        figures = scrape(port)
        assert [figures["flow_up", name, "statuses"] for name in ("acme", "beta", "gamma")] == [1, 0, 1]


async def test_a_failure_is_tolerated_for_a_while(world: World, port: int) -> None:
    """P10: of many accounts each is down as one is that is alone: after `[health] tolerate`."""
    async with fleet(world, served(port)) as found:
        await asyncio.sleep(60)
        found.worlds["acme"].sandbox.faults.outage("deskie")
        await asyncio.sleep(600)
        assert healthz(port) == (200, ["ok"])
        await asyncio.sleep(600)
        code, (first, second) = healthz(port)
        assert (code, first, second.startswith("acme: statuses: down for ")) == (503, "1 of 3 accounts are down", True)


async def test_a_rejected_change_is_not_down(world: World, port: int) -> None:
    """P8, P10: the old configuration is in force, and its flows are well."""
    async with fleet(world, served(port)) as found:
        await asyncio.sleep(60)
        del found.settings["acme"]
        found.rejected["acme"] = ("acme.toml: [status] lease: must be at least 120",)
        await found.reload()
        assert healthz(port) == (200, ["ok"])
        assert scrape(port)["flow_up", "acme", "statuses"] == 1


async def test_who_is_late(world: World, port: int) -> None:
    """P10: late is not down, and the answer says who is late with what."""
    async with fleet(world, served(port)) as found:
        await asyncio.sleep(60)
        monitor = found.daemon._fleet.accounts["beta"]._monitor
        assert monitor is not None
        monitor.behind = "reading chats is 12 min late"
        assert healthz(port) == (200, ["ok; 1 of 3 accounts are late", "beta: reading chats is 12 min late"])


async def test_the_first_few_are_named(world: World, port: int) -> None:
    """P10: an outage of all is told in a few lines, each of them harmless whatever a file's name is."""
    names = [f"a{number}" for number in range(8)]

    def prepare(found: Fleet) -> None:
        served(port, "well")(found)
        found.rejected = {name: (f"{name}.toml: is wrong",) for name in (*names, "a0\n0\udcff")}

    async with fleet(world, prepare) as found:
        await asyncio.sleep(60)
        code, lines = healthz(port)
        assert (code, lines[0], lines[-1]) == (503, "9 of 10 accounts are down", "and 4 more")
        assert lines[1:-1] == [
            "a0: a0.toml: is wrong",
            "a0 0: a0 0 .toml: is wrong",
            *(f"{name}: {name}.toml: is wrong" for name in names[1:4]),
        ]
        assert scrape(port)["flow_up", "a0 0", ""] == 0
        found.status.encode()


async def test_an_account_that_is_removed(world: World, port: int) -> None:
    """P8: its figures go, the others' stay, and what is counted goes on."""
    async with fleet(world, served(port)) as found:
        await asyncio.sleep(60)
        polls = scrape(port)["cycle_duration_seconds_count", "statuses"]
        del found.settings["beta"]
        await found.reload()
        figures = scrape(port)
        assert {key[1] for key in figures if key[0] == "flow_up"} == {"acme", "gamma"}
        assert figures["cycle_duration_seconds_count", "statuses"] > polls
        assert healthz(port) == (200, ["ok"])


async def test_a_reload_moves_it(world: World, port: int) -> None:
    """P8: the address is the process's: accounts go on, and a reload that all reject moves nothing."""
    async with fleet(world, served(port)) as found:
        await asyncio.sleep(60)
        other = free_port()
        found.listen = ("127.0.0.1", other)
        await found.reload()
        assert (found.built, healthz(other)) == ([], (200, ["ok"]))
        with pytest.raises(URLError):
            get(port, "/healthz")
        found.listen = ("127.0.0.1", port)
        found.rejected, found.settings = dict.fromkeys(found.settings, ("it is wrong",)), {}
        await found.reload()
        assert healthz(other) == (200, ["ok"])
    with pytest.raises(URLError):
        get(other, "/healthz")


async def test_a_change_of_one_account_keeps_it_open(world: World, port: int) -> None:
    """P8: the endpoint is the process's, so whoever asks gets an answer while an account starts over."""
    async with fleet(world, served(port)) as found:
        await asyncio.sleep(60)
        server = found.daemon._endpoint._serving
        found.change("beta")
        await found.reload()
        assert found.built == ["beta"]
        assert found.daemon._endpoint._serving is server


async def test_a_port_in_use(world: World, port: int) -> None:
    """P10: it is told once, all accounts run, and the next reload tries again."""
    taken = socket.create_server(("127.0.0.1", port))
    async with fleet(world, served(port)) as found:
        await asyncio.sleep(60)
        assert [each["error"] for each in world.events("web.failed")] == ["Address already in use"]
        assert all(found.online(name) for name in found.worlds)
        taken.close()
        await found.reload()
        assert healthz(port) == (200, ["ok"])
