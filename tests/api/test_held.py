"""Nothing that relies on a record is sent while another worker may have the account (K2)."""

import httpx
import pytest

from chaport_sync.api.errors import Executed, Unavailable
from tests.api.accounts import Account, answer
from tests.api.test_retries import GOOD, READS, STATUS_WRITE, WRITES
from tests.virtual_time import VirtualTime


class NotHeldError(Exception):
    """The account may be another's."""


def not_held() -> None:
    """Say that the account may be another's."""
    raise NotHeldError


async def test_nothing_is_sent_by_whoever_does_not_hold_the_account() -> None:
    """K2: no write begins; readings and the renewal of a status do."""
    account = Account(GOOD, ensure_held=not_held)
    for call in (*WRITES, STATUS_WRITE):
        with pytest.raises(NotHeldError):
            await call(account)
    assert account.server.requests == []
    for call in READS:
        await call(account)
    await account.chaport.set_status("op1", "online", 600, renewal=True)
    assert len(account.server.requests) == len(READS) + 1


async def test_it_is_asked_after_the_wait_for_the_budget(time: VirtualTime) -> None:
    """K2: what was held when the wait began does not count."""
    lost_at = float("inf")

    def held() -> None:
        if time.elapsed >= lost_at:
            raise NotHeldError

    account = Account(GOOD, time=time, units=2, ensure_held=held)
    await account.deskie.add_note("7", "in time")
    lost_at = time.elapsed + 1
    with pytest.raises(NotHeldError):
        await account.deskie.add_note("7", "too late")
    assert len(account.server.requests) == 1


@pytest.mark.parametrize("first", [httpx.ReadTimeout("slow"), answer("busy", 500)], ids=["no answer", "500"])
async def test_an_earlier_attempt_may_have_been_executed(first: httpx.Response | Exception) -> None:
    """P1, K2: if the account is lost between two attempts, the error says that the first may have been executed."""
    sent: list[None] = []

    def held() -> None:
        if sent:
            raise NotHeldError
        sent.append(None)

    account = Account(first, ensure_held=held)
    with pytest.raises(Unavailable) as raised:
        await STATUS_WRITE(account)
    assert raised.value.executed is Executed.UNCLEAR
    assert len(account.server.requests) == 1
