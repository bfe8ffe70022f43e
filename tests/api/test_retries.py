"""What is asked again, how often and when (P1, P4)."""

import socket
import ssl
from collections.abc import Awaitable, Callable
from itertools import pairwise

import httpx
import pytest

from chaport_sync.api.errors import ApiError, Executed, Rejected, Unavailable
from chaport_sync.api.request_queue import Share
from chaport_sync.api.retries import ATTEMPTS, FIRST_PAUSE, RETRY_WITHIN
from chaport_sync.clock import Stopping
from tests.api.accounts import Account, Reply, answer
from tests.virtual_time import VirtualTime

GOOD = answer({"case": {"case_id": 7}, "message": {"message_id": 9}, "result": {}})
REFUSED = httpx.ConnectError("refused")
NEVER_CONNECTED: list[Reply] = [
    REFUSED,
    httpx.ConnectTimeout("slow"),
    httpx.ProxyError("407"),
    httpx.PoolTimeout("full"),
]
BROKEN: list[Reply] = [
    httpx.ReadTimeout("slow"),
    httpx.ReadError("reset"),
    httpx.WriteError("reset"),
    httpx.WriteTimeout("slow"),
]
BROKEN += [httpx.RemoteProtocolError("nonsense"), httpx.CloseError("closed"), ConnectionResetError(104, "reset")]

READS: list[Callable[[Account], Awaitable[object]]] = [
    lambda it: it.deskie.case("7"),
    lambda it: it.chaport.me(),
]
WRITES: list[Callable[[Account], Awaitable[object]]] = [
    lambda it: it.deskie.open_case({"subject": "Chat"}),
    lambda it: it.deskie.set_case_status("7", "open"),
    lambda it: it.deskie.add_message("7", "5", "Hello"),
    lambda it: it.deskie.add_note("7", "Hello"),
]
STATUS_WRITE: Callable[[Account], Awaitable[object]] = lambda it: it.chaport.set_status("op1", "online", 600)  # noqa: E731


def names(replies: list[Reply]) -> list[str]:
    """Return ids for a table of replies."""
    return [str(each.status_code) if isinstance(each, httpx.Response) else type(each).__name__ for each in replies]


PASSING: list[Reply] = [
    *NEVER_CONNECTED,
    *BROKEN,
    answer("busy", 500),
    answer("", 502),
    answer("", 503),
    answer("", 429),
]


@pytest.mark.parametrize("reply", PASSING, ids=names(PASSING))
async def test_reads_are_repeated(reply: Reply) -> None:
    """P4: reading twice does no harm, so whatever passes is tried again."""
    for read in READS:
        account = Account(reply, reply, GOOD)
        await read(account)
        assert len(account.server.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 301])
async def test_what_is_never_repeated(status: int) -> None:
    """P4: a refusal will be the same the next time."""
    for call in (*READS, *WRITES):
        account = Account(answer({"error": "case_not_found"}, status))
        with pytest.raises(ApiError):
            await call(account)
        assert len(account.server.requests) == 1


SAFE: list[Reply] = [*NEVER_CONNECTED, answer("", 429), answer("rate limit exceeded", 403)]


@pytest.mark.parametrize("reply", SAFE, ids=names(SAFE))
async def test_writes_that_were_certainly_not_executed_are_repeated(reply: Reply) -> None:
    """P1: no connection, or a 429: nothing happened, so once more is once."""
    for write in WRITES:
        account = Account(reply, reply, GOOD)
        await write(account)
        assert len(account.server.requests) == 3


def _because(cause: Exception) -> Reply:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("x") from cause

    return fail


@pytest.mark.parametrize(
    ("cause", "attempts"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), 1),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), ATTEMPTS),
        (ssl.SSLCertVerificationError(1, "certificate has expired"), 1),
        (ssl.SSLError(1, "wrong version number"), 1),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), ATTEMPTS),
        (ConnectionRefusedError(111, "Connection refused"), ATTEMPTS),
    ],
    ids=str,
)
async def test_what_does_not_pass_by_itself(cause: Exception, attempts: int) -> None:
    """P4: a host that does not exist, or one whose certificate is not trusted, will be the same a second later."""
    account = Account(_because(cause))
    with pytest.raises(Unavailable):
        await account.deskie.agents()
    assert len(account.server.requests) == attempts


UNSAFE: list[Reply] = [*BROKEN, answer("", 500), answer("", 502), answer("", 503), answer("", 504), answer("", 408)]


@pytest.mark.parametrize("reply", UNSAFE, ids=names(UNSAFE))
async def test_writes_that_may_have_been_executed_are_not_repeated(reply: Reply) -> None:
    """P1: Deskie has no idempotency key; who repeats after a time-out or a reset shows an event twice."""
    for write in WRITES:
        account = Account(reply, GOOD)
        with pytest.raises(Unavailable) as raised:
            await write(account)
        assert len(account.server.requests) == 1
        assert raised.value.executed is Executed.UNCLEAR
        assert raised.value.answered is isinstance(reply, httpx.Response)


@pytest.mark.parametrize("reply", UNSAFE, ids=names(UNSAFE))
async def test_the_status_write_is_repeated(reply: Reply) -> None:
    """P1, S5: setting a status twice is setting it once; it is the only write of which that is so."""
    account = Account(reply, reply, GOOD)
    await STATUS_WRITE(account)
    assert account.server.asked == ["POST /api/v1/operators/op1/status"] * 3


async def test_attempts_are_bounded() -> None:
    """P4: four attempts, then the next cycle."""
    for call in (*READS, *WRITES, STATUS_WRITE):
        account = Account(REFUSED)
        with pytest.raises(Unavailable):
            await call(account)
        assert len(account.server.requests) == ATTEMPTS == 4


async def test_the_time_is_bounded(time: VirtualTime) -> None:
    """P4: attempts that take long are fewer: none begins later than half a minute after the first."""

    async def slow(_request: httpx.Request) -> httpx.Response:
        time.advance(14.0)
        return answer("busy", 500)

    account = Account(slow, time=time)
    with pytest.raises(Unavailable):
        await account.deskie.case("7")
    assert len(account.server.requests) == 3
    assert account.server.times[-1] - account.server.times[0] <= RETRY_WITHIN


async def test_full_jitter(time: VirtualTime) -> None:
    """P4: each pause lies anywhere between nothing and a bound that doubles, so that clients do not come in step."""
    pauses: list[list[float]] = [[], [], []]
    for seed in range(100):
        account = Account(REFUSED, time=time, seed=seed)
        with pytest.raises(Unavailable):
            await account.deskie.case("7")
        moments = account.server.times
        for place, (one, other) in enumerate(pairwise(moments)):
            pauses[place].append(other - one)
    for place, found in enumerate(pauses):
        bound = FIRST_PAUSE * 2**place
        assert 0 <= min(found) < bound * 0.1
        assert bound * 0.9 < max(found) <= bound + 0.01


@pytest.mark.parametrize("last", [REFUSED, answer("", 429), answer("", 400), answer("", 401)], ids=str)
async def test_what_is_told_in_the_end_is_true_of_all_attempts(last: Reply) -> None:
    """P1: a status that may have been set is not taken as not set because a later attempt failed early."""
    account = Account(httpx.ReadTimeout("slow"), last)
    with pytest.raises(ApiError) as raised:
        await STATUS_WRITE(account)
    assert raised.value.executed is Executed.UNCLEAR
    assert raised.value.answered is isinstance(raised.value, Rejected)


async def test_stopping_after_an_unclear_attempt(time: VirtualTime) -> None:
    """P1, P8: `Stopping` says that nothing was done; after an unclear attempt the error says that something may be."""
    account = Account(httpx.ReadTimeout("slow"), time=time)

    async def stop(_request: httpx.Request) -> httpx.Response:
        account.clock.stop()
        raise httpx.ReadTimeout("slow")

    account.server._replies = [stop]
    with pytest.raises(Unavailable) as raised:
        await STATUS_WRITE(account)
    assert raised.value.executed is Executed.UNCLEAR
    assert len(account.server.requests) == 1


async def test_stopping_after_a_clear_attempt(time: VirtualTime) -> None:
    """P8: when the clock stops during a pause nothing more is sent, and nothing was done."""
    account = Account(REFUSED, time=time)

    async def stop(_request: httpx.Request) -> httpx.Response:
        account.clock.stop()
        raise REFUSED

    account.server._replies = [stop]
    with pytest.raises(Stopping):
        await account.deskie.add_note("7", "Hello")
    assert len(account.server.requests) == 1


async def test_nothing_is_sent_once_the_clock_has_stopped() -> None:
    """P8: a request that has not begun does not begin any more."""
    account = Account(GOOD)
    account.clock.stop()
    for call in (*READS, *WRITES, STATUS_WRITE):
        with pytest.raises(Stopping):
            await call(account)
    assert account.server.requests == []


async def test_each_attempt_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    """P5: failures and retries are counted: a read 1, a write 2 each time."""
    account = Account(REFUSED)
    used, acquire = [], account.budget.acquire

    async def noted(units: int, share: Share) -> None:
        await acquire(units, share)
        used.append((units, share))

    monkeypatch.setattr(account.budget, "acquire", noted)
    for call in (READS[0], WRITES[0]):
        with pytest.raises(Unavailable):
            await call(account)
    assert sum(units for units, _ in used) == account.budget._used.units == ATTEMPTS * 1 + ATTEMPTS * 2
    assert {share for _, share in used} == {Share.DELIVERY}
