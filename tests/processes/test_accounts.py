"""One daemon for several accounts, and what commands show of them, over real HTTP."""

import json
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from chaport_sync.sandbox import Sandbox
from chaport_sync.store import Lock, take_lock
from tests.processes.daemon_process import Terminal, company, until
from tests.scraping import free_port, samples_in

pytestmark = pytest.mark.processes

SHARED = """[accounts]
directory = "accounts.d"
[state]
path = "{folder}"
[status]
poll = 1
[transcripts]
poll = 1
deliver = "live"
start = "2026-01-01"
[chaport]
requests_per_second = 100
"""


class Integrator(Terminal):
    """A folder with a shared file and accounts, each of which has services of its own."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        super().__init__(folder)
        self._stack = stack
        self.directory = folder / "accounts.d"
        self.directory.mkdir()
        self.share()

    def share(self, more: str = "") -> None:
        """Write the shared file, with more sections."""
        self.config.write_text(SHARED.format(folder=self.folder) + more)

    async def add(self, name: str) -> Sandbox:
        """Add an account with an agent who is online, and a visitor who has written."""
        sandbox = company()
        sandbox.chaport.token = f"token-of-{name}"
        sandbox.deskie.add_agent("Ann", "ann@acme.example", 1)
        sandbox.chaport.add_operator("Ann", "ann@acme.example")
        sandbox.chaport.visitor_says(sandbox.chaport.start_chat(sandbox.chaport.add_visitor("Mary")), f"Hi {name}")
        urls = await self._stack.enter_async_context(sandbox.serve())
        (self.directory / f"{name}.deskie_api_key").write_text(sandbox.deskie.api_key)
        (self.directory / f"{name}.chaport_token").write_text(sandbox.chaport.token)
        (self.directory / f"{name}.toml").write_text(
            f'[deskie]\nurl = "{urls.deskie}"\nemail = "{sandbox.deskie.email}"\nrequests_per_minute = 6000\n'
            f'[chaport]\nurl = "{urls.chaport}"\n[cases]\nchannel = "cch12"\n'
        )
        return sandbox

    def remove(self, name: str) -> None:
        """Remove an account's file."""
        (self.directory / f"{name}.toml").unlink()

    async def asked(self, *arguments: str) -> tuple[int, Any]:
        """Return a command's exit code and the JSON that it prints."""
        command = await self.start(*arguments, "--json")
        return await command.ended(), json.loads(command.output)

    def lock(self, name: str) -> Lock:
        """Take the lock of an account's state file; raises `StoreError` if a daemon holds it."""
        return take_lock(self.folder / f"{name}.db")


@asynccontextmanager
async def integrator(folder: Path) -> AsyncIterator[Integrator]:
    """Give a folder for accounts, and end whatever runs on it."""
    async with AsyncExitStack() as stack:
        place = Integrator(folder, stack)
        try:
            yield place
        finally:
            await place.end()


def texts(sandbox: Sandbox) -> list[str]:
    """Return what stands in the account's cases."""
    return [message.text for case in sandbox.deskie.cases for message in case.messages]


def served(sandbox: Sandbox) -> bool:
    """Return whether the operator is online and the visitor's words stand in a case, once."""
    (operator,) = sandbox.chaport.operators
    online = sandbox.chaport.status_of(operator) == "online"
    return online and sum(text.startswith("Hi ") for text in texts(sandbox)) == 1


async def test_accounts_come_and_go(tmp_path: Path) -> None:
    """P8: a reload adds, alters and removes accounts while another delivers, and nothing of that one is doubled."""
    async with integrator(tmp_path) as place:
        acme, beta = await place.add("acme"), await place.add("beta")
        (place.directory / "wrong.toml").write_text("[deskie")
        daemon = await place.start("run")
        await until(lambda: served(acme) and served(beta))
        (rejected,) = daemon.events("config.rejected")
        assert rejected["account"] == "wrong"

        gamma = await place.add("gamma")
        place.remove("beta")
        place.remove("wrong")
        acme.chaport.visitor_says(acme.chaport.visitors[0].chats[0], "One more thing")
        daemon.send(signal.SIGHUP)
        await until(lambda: served(gamma) and daemon.events("account.removed"))
        assert [each["account"] for each in daemon.events("account.removed")] == ["beta"]
        assert [each["account"] for each in daemon.events("config.reloaded")] == []
        await until(lambda: "One more thing" in texts(acme))
        asked = len(acme.journal)
        await until(lambda: len(acme.journal) > asked + 4)
        words = [text for text in texts(acme) if text in ("Hi acme", "One more thing")]
        assert sorted(words) == ["Hi acme", "One more thing"]
        # Its state file is free for another host.
        place.lock("beta").release()

        daemon.send(signal.SIGTERM)
        assert await daemon.ended(within=10) == 0


async def test_what_is_served(tmp_path: Path) -> None:
    """P10: one address tells of all accounts, and names the one that is down; a reload moves it."""
    port, other = free_port(), free_port()
    async with integrator(tmp_path) as place, httpx.AsyncClient() as client:
        place.share(f'[web]\nlisten = "127.0.0.1:{port}"\n')
        acme, beta = await place.add("acme"), await place.add("beta")
        (place.directory / "beta.chaport_token").rename(tmp_path / "token")
        daemon = await place.start("run")
        await until(lambda: served(acme) and daemon.events("account.ready"))
        health = await client.get(f"http://127.0.0.1:{port}/healthz")
        assert (health.status_code, health.text.splitlines()[0]) == (503, "1 of 2 accounts are down")
        assert health.text.splitlines()[1].startswith("beta: beta.toml: [chaport] token: ")
        figures = samples_in((await client.get(f"http://127.0.0.1:{port}/metrics")).text)
        assert (figures["flow_up", "acme", "statuses"], figures["flow_up", "beta", ""]) == (1, 0)
        assert figures["log_events_total", "account.ready", "info"] == 1

        (tmp_path / "token").rename(place.directory / "beta.chaport_token")
        place.share(f'[web]\nlisten = "127.0.0.1:{other}"\n')
        daemon.send(signal.SIGHUP)
        await until(lambda: served(beta) and len(daemon.events("account.ready")) == 3)
        health = await client.get(f"http://127.0.0.1:{other}/healthz")
        assert (health.status_code, health.text) == (200, "ok\n")
        figures = samples_in((await client.get(f"http://127.0.0.1:{other}/metrics")).text)
        assert (figures["flow_up", "acme", "statuses"], figures["flow_up", "beta", "statuses"]) == (1, 1)
        assert figures["log_events_total", "account.ready", "info"] == 3
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{port}/healthz")
        daemon.send(signal.SIGTERM)
        assert await daemon.ended(within=10) == 0


async def test_one_that_runs_alone(tmp_path: Path) -> None:
    """P10: of a daemon for one account, chosen by the environment, the figures are those of a single account."""
    port = free_port()
    async with integrator(tmp_path) as place, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        place.share(f'[web]\nlisten = "127.0.0.1:{port}"\n')
        await place.add("acme")
        place.environ["CHAPORT_SYNC_ACCOUNT"] = "acme"
        daemon = await place.start("run")
        await until(lambda: daemon.events("daemon.ready"))
        assert samples_in((await client.get("/metrics")).text)["flow_up", "statuses"] == 1
        assert (await client.get("/healthz")).text == "ok\n"


async def test_what_commands_show(tmp_path: Path) -> None:
    """P10: a line of each account, the worst first; `--account` tells of one."""
    async with integrator(tmp_path) as place:
        acme, beta = await place.add("acme"), await place.add("beta")
        daemon = await place.start("run")
        await until(lambda: served(acme) and served(beta))
        await until(lambda: len(daemon.events("account.ready")) == 2)
        code, shown = await place.asked("status")
        assert (code, [each["state"] for each in shown["accounts"]]) == (0, ["ok", "ok"])
        beta.faults.add("error", times=None)
        await until(lambda: any(each["account"] == "beta" for each in daemon.events("poll.failed")))
        code, shown = await place.asked("status")
        first, second = shown["accounts"]
        assert (code, first["account"], first["state"], second["account"], second["state"]) == (
            1,
            "beta",
            "failed",
            "acme",
            "ok",
        )
        assert (second["online"], second["operators"]) == (1, 1)
        assert shown["answer"].startswith("1 of 2 accounts are not well. beta: ")
        command = await place.start("status")
        await command.ended()
        assert "\n1 of 2 accounts are not well. beta: " in f"\n{command.output}"
        code, one = await place.asked("status", "--account", "acme")
        assert (code, {each["flow"] for each in one["flows"]}) == (0, {"statuses", "transcripts"})
        code, explained = await place.asked("explain", "Ann", "--account", "acme")
        assert (code, explained["operators"][0]["operator"]["name"]) == (0, "Ann")
        code, explained = await place.asked("explain", "Ann")
        assert (code, list(explained["accounts"])) == (0, ["acme", "beta"])
        code, changes = await place.asked("history")
        assert [len(each["changes"]) for each in changes["accounts"].values()] == [1, 1]
        code, retried = await place.asked("retry")
        assert [each["due"] for each in retried["accounts"].values()] == [0, 0]
        for arguments, expected, words in (
            (("explain", "Ann"), 0, "beta:"),
            (("explain", "Nobody"), 1, "Nobody"),
            (("history", "--csv"), 78, "it is of several accounts; name one by --account NAME"),
        ):
            command = await place.start(*arguments)
            assert await command.ended() == expected
            assert words in command.output


async def test_a_report_of_each(tmp_path: Path) -> None:
    """P10: each has a file of its own, and what keeps one from being made is said."""
    async with integrator(tmp_path) as place:
        for name in ("acme", "beta"):
            await place.add(name)
        (place.directory / "wrong.toml").write_text("[deskie")
        command = await place.start("report", "--answers-only")
        assert await command.ended() == 78
        assert "wrong.toml" in command.output
        assert [each.name.split("-")[3] for each in sorted(place.folder.glob("chaport-sync-report-*.txt"))] == [
            "acme",
            "beta",
        ]
        for arguments, code in ((("--account", "acme", "-"), 0), (("-",), 2)):
            command = await place.start("report", "--answers-only", *arguments)
            assert await command.ended() == code
        assert "FILE is for one account" in command.output


async def test_check_looks_at_all(tmp_path: Path) -> None:
    """P8: what is wrong with one account is told with its name, and the others are looked at as well."""
    async with integrator(tmp_path) as place:
        await place.add("acme")
        await place.add("beta")
        (place.directory / "beta.chaport_token").unlink()
        code, found = await place.asked("check")
        assert code == 78
        assert list(found["accounts"]) == ["acme", "beta"]
        assert {each["result"] for each in found["accounts"]["acme"]["findings"]} <= {"ok", "note", "warning"}
        (problem,) = found["accounts"]["beta"]["findings"]
        assert (problem["result"], "beta.chaport_token" in problem["finding"]) == ("failed", True)
        assert found["answer"].startswith("1 of 2 accounts failed. beta: 1 thing failed. configuration: ")
        command = await place.start("check", "--offline")
        await command.ended()
        assert command.output.startswith("All that was looked at is right.\n")
        assert "acme:" in command.output
