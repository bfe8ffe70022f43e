"""The ways in: over sockets the sandbox is what it is in-process."""

import asyncio

import httpx
import pytest

from tests.sandbox.conftest import Bench


def test_real_http(bench: Bench) -> None:
    """Both APIs answer on loopback, resets are real, and links name the address they were asked at."""
    bench.live_chat.quirks.links_next = "absolute"
    bench.live_chat.quirks.page_size = 1
    for name in "AB":
        bench.live_chat.add_visitor(name)
    case = bench.account.open_case(bench.account.add_user(email="mary@mail.example"))
    path, body = f"/api/cases/{case.id}.json", {"case": {"status": "closed"}}

    async def story() -> None:
        async with (
            bench.sandbox.serve() as urls,
            bench.deskie_client(urls.deskie, transport=None) as deskie,
            bench.chaport_client(urls.chaport, transport=None) as chaport,
        ):
            assert (await deskie.get(path)).headers["api_calls_left"] == "59"
            links = (await chaport.get("/api/v1/visitors")).json()["links"]
            assert links == {"next": f"{urls.chaport}/api/v1/visitors?page=2"}
            bench.sandbox.faults.add("reset_before")
            with pytest.raises(httpx.ReadError):
                await deskie.put(path, json=body)
            assert case.status == "open"
            bench.sandbox.faults.add("reset_after")
            with pytest.raises(httpx.ReadError):
                await deskie.put(path, json=body)
            assert case.status == "closed"
            bench.sandbox.faults.add("hang")
            hanging = asyncio.ensure_future(deskie.get(path))
            while len(bench.sandbox.journal) < 5:  # noqa: ASYNC110 - the server's progress is no event of ours
                await asyncio.sleep(0)
        with pytest.raises(httpx.TransportError):
            await hanging

    asyncio.run(story())


def test_serving_ends_with_effects_to_come(bench: Bench) -> None:
    """Late effects and slow answers do not outlive the block."""

    async def story() -> None:
        async with bench.sandbox.serve() as urls, bench.deskie_client(urls.deskie, transport=None) as deskie:
            bench.sandbox.faults.add("late_effect", delay=3600)
            bench.sandbox.faults.add("latency", seconds=3600)
            asked = [asyncio.ensure_future(deskie.get("/api/staff.json")) for _ in range(2)]
            while len(bench.sandbox.journal) < 2:  # noqa: ASYNC110 - the server's progress is no event of ours
                await asyncio.sleep(0)
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        assert all(isinstance(outcome, httpx.TransportError) for outcome in outcomes)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("url", "side"),
    [
        ("https://acme.omnidesk.ru/api/v1/operators", "deskie"),
        ("https://app.chaport.ru/api/staff.json", "chaport"),
        ("http://127.0.0.1:8001/api/v1/operators", "chaport"),
        ("http://127.0.0.1:8002/api/staff.json", "deskie"),
    ],
)
def test_routing(bench: Bench, url: str, side: str) -> None:
    """In-process, the host's name tells the side, else the path does."""

    async def ask() -> None:
        async with bench.deskie_client() as client:
            await client.get(url)

    bench.run(ask())
    assert [entry.side for entry in bench.sandbox.journal] == [side]


def test_faults_of_the_sandbox_itself_surface(bench: Bench) -> None:
    """A mistake in the imitation fails the test that meets it."""
    bench.account.staff.append(None)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        bench.deskie("GET", "/staff.json")
