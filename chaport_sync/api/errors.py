"""The errors of a request, by what the caller should do about them."""

from enum import StrEnum


class Executed(StrEnum):
    """Whether the server may have executed a request that failed (P1)."""

    NO = "no"
    UNCLEAR = "unclear"


class ApiError(Exception):
    """A request that failed.

    Attributes:
        service: "Deskie" or "Chaport".
        request: Method and path, without query.
        detail: What happened, free of secrets and of customers' texts (P6).
        executed: Whether the request may have had an effect.
        answered: Whether the server gave any answer.
        retry_after: Seconds to wait, None if the server did not tell (P4).
    """

    advice = ""

    def __init__(
        self,
        service: str,
        request: str,
        detail: str,
        *,
        executed: Executed = Executed.NO,
        answered: bool = True,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(service, request, detail)
        self.service = service
        self.request = request
        self.detail = detail
        self.executed = executed
        self.answered = answered
        self.retry_after = retry_after

    def __str__(self) -> str:
        advice = f"; {self.advice}" if self.advice else ""
        return f"{self.service}: {self.detail} ({self.request}){advice}"


class EnvironmentRefusedError(Exception):
    """The proxies or certificates that the environment names cannot be used."""


class Unavailable(ApiError):
    """No usable connection, a time-out, a 5xx: try again later."""


class Unreachable(Unavailable):
    """No connection for a reason that does not pass within seconds, such as a name that is not known."""


class Throttled(ApiError):
    """The account's limit is reached, or the server asked for a pause (P4): nothing was executed."""


class Unauthorised(ApiError):
    """401: the credentials are wrong or revoked; nothing works until a person changes them (P4)."""

    advice = "check the credentials of this service in the configuration"


class Forbidden(ApiError):
    """403: this agent or token may not do that. It concerns one record, or, of a list, everything (P3, P4)."""

    advice = "the account behind the credentials lacks this permission"


class Missing(ApiError):
    """404 or "not found": the record does not exist (any more)."""


class Rejected(ApiError):
    """400, 409, 413, 422, or an `error` with status 200: the same request would fail again, so it is not repeated."""


class Conflict(Rejected):
    """409: the message exists already, or contradicts something that exists (Chaport reference, U14)."""


class Malformed(ApiError):
    """An answer that is not what the API promises: HTML, truncated JSON, the wrong shape."""
