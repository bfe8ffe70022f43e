"""The sections about both accounts, and about who drives whom: `[deskie]`, `[chaport]`, `[status]`, `[agents]`."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator

from chaport_sync.config.section import FromList, Section
from chaport_sync.config.values import (
    Address,
    EventKind,
    Origin,
    Seconds,
    Secret,
    StatusId,
    StatusWord,
    TextId,
    Word,
)

POLLS_PER_LEASE = 4  # a lease must outlive three failed polls (S5)


def _not_a_status_of_its_own(word: str) -> str:
    if word in {"online", "offline"}:
        raise ValueError('must be Chaport\'s word for invisible, such as "away"; online and offline are taken')
    return word


class Deskie(Section):
    """The help desk's account. `requests_per_minute` is in Deskie's units; 0 means half of the account's limit (P5)."""

    url: Origin = Field(description='the address of your help desk, such as "https://acme.deskie.io"')
    email: Address = Field(description="the e-mail address of the agent whose API key is used")
    api_key: Secret = Field(default=SecretStr(""), description="the API key (in Deskie: Settings, API)")
    requests_per_minute: int = Field(
        default=0, ge=0, le=10_000, description="the units a minute that may be used; 0 is half of the account's limit"
    )


class Chaport(Section):
    """The live chat's account, and what its documentation leaves open: words, field names, bots (T1, S5)."""

    url: Origin = Field(
        default="https://app.chaport.com",
        description="the address of Chaport; Russian accounts have https://app.chaport.ru",
    )
    token: Secret = Field(default=SecretStr(""), description="the API token (in Chaport: Settings, API)")
    requests_per_second: float = Field(
        default=2, ge=1, le=100, allow_inf_nan=False, description="the fastest pace at which Chaport is asked"
    )
    invisible_word: Annotated[Word, AfterValidator(_not_a_status_of_its_own)] = Field(
        default="away", description="the word of Chaport's API for invisible"
    )
    lifetime_field: Literal["ttl", "ttlSeconds", "validUntil", "valid_until"] = Field(
        default="ttl", description="the name under which Chaport is told how long a status holds"
    )
    external_id: Literal["event", "top", "none"] = Field(
        default="event", description="where Chaport is told the id of an answer"
    )
    unlisted_authors: Literal["bot", "unknown"] = Field(
        default="bot", description="what an author counts as who is in no list of operators"
    )
    bots: Mapping[Word, Word] = Field(
        default_factory=dict, description="names for bots that Chaport does not name, by their ids"
    )
    event_kinds: Mapping[Word, EventKind] = Field(
        default_factory=dict, description="who writes events of a type that is not recognised"
    )


class Status(Section):
    """How agents' statuses become operators' statuses (S2 to S8). The keys of `map` are Deskie's status ids."""

    enabled: bool = Field(default=True, description="whether statuses are transferred")
    poll: Seconds = Field(default=15, ge=1, description="the seconds between two readings of both sides")
    offline_grace: Seconds = Field(
        default=180, ge=0, description="the seconds for which an agent is away before the operator goes offline"
    )
    lease: Seconds = Field(
        default=600, ge=10, description="the seconds for which Chaport keeps a status that is not renewed"
    )
    hold: Seconds = Field(
        default=1800, ge=0, description="the seconds for which statuses are kept while Deskie cannot be read"
    )
    manual_change: Literal["override", "respect"] = Field(
        default="override", description="what happens when somebody changes an operator in Chaport"
    )
    default: StatusWord = Field(default="offline", description="what a status means that the map does not name")
    map: Mapping[StatusId, StatusWord] = Field(
        default_factory=dict, description="what each status means, by its id: online, invisible, offline or keep"
    )

    @field_validator("lease")
    @classmethod
    def _outlives_failed_polls(cls, lease: float, info: ValidationInfo) -> float:
        poll = info.data.get("poll")
        if poll is not None and lease < POLLS_PER_LEASE * poll:
            raise ValueError(f"must be at least {POLLS_PER_LEASE} times [status] poll, {POLLS_PER_LEASE * poll:g} here")
        return lease


class Pair(Section):
    """An agent and the operator that follows this agent, each by id or e-mail (S3)."""

    agent: TextId
    operator: TextId


class Agents(Section):
    """Which agents drive which operators (S3)."""

    match_by_email: bool = Field(
        default=True, description="whether an agent and an operator of the same e-mail address belong together"
    )
    exclude: Annotated[tuple[TextId, ...], FromList] = Field(
        default=(), description="agents that are left alone, by id or e-mail address"
    )
    pairs: Annotated[tuple[Pair, ...], FromList] = Field(
        default=(), description="agents and operators that belong together although their addresses differ"
    )
