"""Answers as the services gave them, kept beside the records that are made of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from chaport_sync.api import decode
from chaport_sync.api.responses import decoded
from chaport_sync.questions.words import is_ours


@dataclass(frozen=True, slots=True)
class Exchange:
    """One answer.

    Attributes:
        service: "Deskie" or "Chaport".
        path: The path of the request.
        status: The answer's HTTP status.
        headers: Those that tell limits and times.
        body: The decoded JSON, None if there is none.
        readable: Whether the body is JSON, or empty.
    """

    service: str
    path: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    readable: bool = True

    @property
    def kind(self) -> str:
        """The path with `ID` for each id."""
        return kind_of(self.path)

    @property
    def good(self) -> bool:
        """Whether this is an answer and not an error."""
        return self.status < HTTPStatus.BAD_REQUEST and self.readable


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known: answers, and how often the daemon has logged each event lately; `… as a note` tells its form."""

    exchanges: tuple[Exchange, ...] = ()
    logged: Mapping[str, int] = field(default_factory=dict)

    def of(self, service: str) -> tuple[Exchange, ...]:
        """Return the answers of a service."""
        return tuple(each for each in self.exchanges if each.service == service)

    def good(self, kind: str) -> Iterator[Exchange]:
        """Return the good answers to one kind of request."""
        return (each for each in self.exchanges if each.kind == kind and each.good)

    def rows(self, kind: str, wrapper: str) -> list[Mapping[str, Any]]:
        """Return the records of a Deskie list."""
        return [row for each in self.good(kind) for row in decode.rows(each.body, wrapper)]

    def results(self, kind: str) -> list[Mapping[str, Any]]:
        """Return the records, or the one, in the results of Chaport's answers."""
        found = (decode.mapping(each.body).get("result") for each in self.good(kind))
        return [row for result in found for row in map(decode.mapping, decode.items(result) or [result]) if row]


def exchange(service: str, path: str, status: int, headers: Mapping[str, str], content: bytes) -> Exchange:
    """Return an answer with its body decoded."""
    body, readable = decoded(content)
    return Exchange(service, path, status, headers, body, readable)


def kind_of(path: str) -> str:
    """Return a path with `ID` for each part that is no name of the API, without a query."""
    names = path.partition("?")[0].split("/")
    return "/".join(
        each if not each or is_ours(each) else "ID" + (".json" if each.endswith(".json") else "") for each in names
    )
