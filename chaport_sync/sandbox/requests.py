"""What was asked of the two APIs, in order of arrival."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Side = Literal["deskie", "chaport"]


@dataclass(frozen=True)
class Request:
    """One request as the server saw it.

    `status` is 0 while, and for ever if, no answer was sent. `units` is what the request costs by the rule of its API,
    whether or not it was admitted. `effect` says whether the state changed, which for a late effect is after the
    request was given up. `fault` is the kind of the fault that struck, or empty.
    """

    side: Side
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    at: datetime
    units: int
    body: Any = None
    status: int = 0
    effect: bool = False
    fault: str = ""

    def parameter(self, name: str) -> str | None:
        """The last value of a query parameter, as a server would read it."""
        return dict(self.query).get(name)


class Journal:
    """Requests that are still being answered can be amended by their number, unless they were forgotten since."""

    def __init__(self) -> None:
        self._requests: dict[int, Request] = {}
        self._arrived = 0

    def arrived(self, request: Request) -> int:
        """Enter a request; the number returned is for `amend`."""
        self._arrived += 1
        self._requests[self._arrived] = request
        return self._arrived

    def amend(self, number: int, **what: Any) -> None:
        """Complete the entry, e.g. with the status that was answered."""
        if number in self._requests:
            self._requests[number] = dataclasses.replace(self._requests[number], **what)

    def requests(self) -> list[Request]:
        """All entries since the last `forget`, oldest first."""
        return list(self._requests.values())

    def forget(self) -> None:
        """Start counting anew."""
        self._requests.clear()
