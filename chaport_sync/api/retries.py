"""Repeats a failed request: bounded attempts and time, full jitter, the server's pause. Only this file uses tenacity.

Only a request that is safe to repeat is repeated. The error that is raised in the end is true of all attempts (P1, P4).
"""

import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from chaport_sync.api.errors import ApiError, Executed, Throttled, Unavailable, Unreachable
from chaport_sync.clock import Clock

log = structlog.get_logger()

#: The most attempts of one request, and the seconds within which the last attempt must begin.
ATTEMPTS, RETRY_WITHIN = 4, 30.0
#: The longest first pause before a retry (seconds); it doubles with each attempt (full jitter).
FIRST_PAUSE = 1.0

Result = TypeVar("Result")


async def with_retries(
    attempt: Callable[[], Awaitable[Result]], clock: Clock, chance: random.Random, *, repeatable: bool
) -> Result:
    """Return the result of a request, which is repeated while that is safe and can help.

    Args:
        attempt: Makes the request once; raises `ApiError`.
        clock: The shell's clock.
        chance: The source of the jitter.
        repeatable: Whether to repeat the request even if it may have been executed.
    """
    began = clock.monotonic()

    def may_repeat(error: BaseException) -> bool:
        return _may_pass(error) and (repeatable or not _unclear(error))

    # Nearly all requests succeed at once, and need nothing of what repeats them.
    try:
        return await attempt()
    except ApiError as error:
        if not may_repeat(error):
            raise
        first = error
    return await _repeated(attempt, first, may_repeat, began, clock, chance)


async def _repeated(
    attempt: Callable[[], Awaitable[Result]],
    first: ApiError,
    may_repeat: Callable[[BaseException], bool],
    began: float,
    clock: Clock,
    chance: random.Random,
) -> Result:
    """Repeat a request whose attempt at `began` (monotonic seconds) failed with the error `first`."""
    failed, unclear = [first], list[ApiError]()

    async def next_attempt() -> Result:
        if failed:
            raise failed.pop()
        return await attempt()

    def pause(state: RetryCallState) -> float:
        wanted = _error(state).retry_after
        return chance.uniform(0, FIRST_PAUSE * 2.0 ** (state.attempt_number - 1)) if wanted is None else wanted

    def enough(state: RetryCallState) -> bool:
        late = clock.monotonic() - began + state.upcoming_sleep > RETRY_WITHIN
        return late or state.attempt_number >= ATTEMPTS

    def note(state: RetryCallState) -> None:
        error = _error(state)
        unclear.extend([error] if _unclear(error) else [])
        log.debug("api.retried", error=str(error), attempt=state.attempt_number)

    retrying = AsyncRetrying(
        stop=enough,
        wait=pause,
        retry=retry_if_exception(may_repeat),
        sleep=clock.sleep,
        before_sleep=note,
        reraise=True,
    )
    try:
        return await retrying(next_attempt)
    except ApiError as error:
        if unclear:
            error.executed = Executed.UNCLEAR
            error.answered = error.answered and all(each.answered for each in unclear)
        raise
    except Exception as error:
        # The daemon is to stop, or the account is not held any more: this attempt was not sent, an earlier one was.
        if unclear:
            raise unclear[-1] from error
        raise


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, Throttled | Unavailable) and not isinstance(error, Unreachable)


def _unclear(error: BaseException) -> bool:
    return isinstance(error, ApiError) and error.executed is Executed.UNCLEAR


def _error(state: RetryCallState) -> ApiError:
    error = state.outcome.exception() if state.outcome is not None else None
    assert isinstance(error, ApiError)  # noqa: S101 - nothing else is repeated
    return error
