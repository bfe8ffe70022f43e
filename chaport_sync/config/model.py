"""The settings: one frozen record for each section of the file, with the file's keys as attributes.

The defaults are those of `config.example.toml`, which explains each key to an administrator. Durations are seconds.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, Strict, ValidationInfo, field_validator

from chaport_sync.config.values import (
    Address,
    AuthorKind,
    Channel,
    EventKind,
    Listen,
    NumberId,
    Origin,
    PingUrl,
    Seconds,
    Secret,
    Start,
    StateFile,
    StatusId,
    StatusWord,
    Subject,
    TextId,
    Word,
    Zone,
    host_and_port,
    is_loopback,
)

POLLS_PER_LEASE = 4  # a lease must outlive three failed polls (S5)

# TOML and JSON have only lists; frozen settings need tuples and sets.
_FromList = Strict(strict=False)


def _not_a_status_of_its_own(word: str) -> str:
    if word in {"online", "offline"}:
        raise ValueError('must be Chaport\'s word for invisible, such as "away"; online and offline are taken')
    return word


class Section(BaseModel):
    """A table of the file: frozen, with exact types and no unknown keys; its errors repeat no value (P6)."""

    # Defaults are checked too: a longer `poll` in the file can make the default lease too short.
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, validate_default=True
    )


class Deskie(Section):
    """The help desk's account. `requests_per_minute` is in Deskie's units; 0 means half of the account's limit (P5)."""

    url: Origin = Field(description='the address of your help desk, such as "https://acme.deskie.io"')
    email: Address = Field(description="the e-mail address of the agent whose API key this is")
    api_key: Secret = SecretStr("")
    requests_per_minute: int = Field(default=0, ge=0, le=10_000)


class Chaport(Section):
    """The live chat's account, and what its documentation leaves open: words, field names, bots (T1, S5)."""

    url: Origin = "https://app.chaport.com"
    token: Secret = SecretStr("")
    requests_per_second: float = Field(default=2, ge=1, le=100, allow_inf_nan=False)
    invisible_word: Annotated[Word, AfterValidator(_not_a_status_of_its_own)] = "away"
    lifetime_field: Literal["ttl", "ttlSeconds", "validUntil", "valid_until"] = "ttl"
    external_id: Literal["event", "top", "none"] = "event"
    unlisted_authors: Literal["bot", "unknown"] = "bot"
    bots: Mapping[Word, Word] = Field(default_factory=dict)
    event_kinds: Mapping[Word, EventKind] = Field(default_factory=dict)


class Status(Section):
    """How agents' statuses become operators' statuses (S2 to S8). The keys of `map` are Deskie's status ids."""

    enabled: bool = True
    poll: Seconds = Field(default=15, ge=1)
    offline_grace: Seconds = Field(default=180, ge=0)
    lease: Seconds = Field(default=600, ge=10)
    hold: Seconds = Field(default=1800, ge=0)
    manual_change: Literal["override", "respect"] = "override"
    default: StatusWord = "offline"
    map: Mapping[StatusId, StatusWord] = Field(default_factory=dict)

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

    match_by_email: bool = True
    exclude: Annotated[tuple[TextId, ...], _FromList] = ()
    pairs: Annotated[tuple[Pair, ...], _FromList] = ()


class Transcripts(Section):
    """Which parts of a chat Deskie shows, and when (T1, T2, T6).

    A `start` of None is the moment of the first start. An empty `timezone` is this machine's.
    """

    enabled: bool = True
    poll: Seconds = Field(default=20, ge=1)
    idle_poll: Seconds = Field(default=300, ge=1)
    ended_after: Seconds = Field(default=1800, ge=0)
    include: Annotated[frozenset[AuthorKind], _FromList] = frozenset({"bot", "visitor", "operator"})
    deliver: Literal["digest", "live", "handoff"] = "digest"
    gather: Seconds = Field(default=60, ge=0)
    timezone: Zone = ""
    start: Start = None


class Cases(Section):
    """Which case shows a chat, in which language (T4, T5).

    A `group_id` of 0 leaves the group to Deskie. An empty `subject` is that of the language.
    """

    create: bool = True
    channel: Channel = ""
    when_closed: Literal["new", "continue"] = "new"
    search_channels: Annotated[tuple[Word, ...], _FromList] = ()
    wait: Seconds = Field(default=3600, ge=0)
    language: Literal["en", "ru", "tr"] = "en"
    subject: Subject = ""
    group_id: int = Field(default=0, ge=0)
    labels: Annotated[tuple[NumberId, ...], _FromList] = ()


class Pending(Section):
    """When a case is set to pending, and when it is opened again (C1, C2)."""

    enabled: bool = True
    reopen_on_handoff: bool = True
    unanswered: Seconds = Field(default=120, ge=0)


class Replies(Section):
    """Whether agents' answers are sent to the visitor, and as which operator (R1, R4, R5). `max_length`: characters."""

    enabled: bool = False
    poll: Seconds = Field(default=15, ge=1)
    operator: TextId | Literal[""] = ""
    include_rules: bool = False
    max_age: Seconds = Field(default=3600, ge=60)
    max_length: int = Field(default=2000, ge=100, le=100_000)


class State(Section):
    """What the daemon remembers (P7). `keep` is in days; `path` is resolved by `state_path`."""

    path: StateFile = ""
    keep: int = Field(default=30, ge=1, le=3650)


class Metrics(Section):
    """The address of the metrics and of `/healthz`; with an empty `listen` no port is opened."""

    allow_remote: bool = False
    listen: Listen = ""

    @field_validator("listen")
    @classmethod
    def _stays_here(cls, listen: str, info: ValidationInfo) -> str:
        if listen and info.data.get("allow_remote") is False and not is_loopback(host_and_port(listen)[0]):
            raise ValueError(
                'must be of this machine only, such as "127.0.0.1:9464"; other machines can read the metrics only with '
                "[metrics] allow_remote = true"
            )
        return listen

    @property
    def address(self) -> tuple[str, int] | None:
        """Host and port, None if no port is opened."""
        return host_and_port(self.listen) if self.listen else None


class Health(Section):
    """Which address is pinged while all is well, and how long a flow may be down before it is told (seconds)."""

    ping_url: PingUrl = SecretStr("")
    tolerate: Seconds = Field(default=900, ge=60)


class Log(Section):
    """The least important level that is logged, and the form of a log line."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "json", "console"] = "auto"


class Settings(BaseModel):
    """All settings. Only `load` reads files and the environment.

    Three attributes are no settings. `account` is the account's name, empty if it is the only one. `file` is the
    configuration file, None if there is none. `credentials` tells for each service ("Deskie", "Chaport") the place of
    its secret, for a login that is refused.

    Raises:
        pydantic.ValidationError: a value is wrong. `load` turns this into a `ConfigError`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    deskie: Deskie
    chaport: Chaport = Chaport()
    status: Status = Status()
    agents: Agents = Agents()
    transcripts: Transcripts = Transcripts()
    cases: Cases = Cases()
    pending: Pending = Pending()
    replies: Replies = Replies()
    state: State = State()
    metrics: Metrics = Metrics()
    health: Health = Health()
    log: Log = Log()
    account: str = ""
    file: Path | None = None
    credentials: Mapping[str, str] = Field(default_factory=dict)


def section_models() -> Mapping[str, type[Section]]:
    """Return the record of each section, by the section's name, in the file's order."""
    return {
        name: field.annotation
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
    }
