"""The settings: one frozen record for each section of the file, with the file's keys as attributes.

The defaults are those of `config.example.toml`, which explains each key to an administrator. Durations are seconds.
"""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from chaport_sync.config.chats import Cases, Pending, Replies, Transcripts
from chaport_sync.config.cluster import Cluster
from chaport_sync.config.notify import Notify
from chaport_sync.config.people import Agents, Chaport, Deskie, Status
from chaport_sync.config.process import Health, Log, State, Web
from chaport_sync.config.section import Section


class Settings(BaseModel):
    """All settings. Only `load` reads files and the environment.

    Four attributes are no settings. `account` is the account's name, empty if it is the only one. `file` is the
    configuration file, None if there is none. `credentials` tells for each service ("Deskie", "Chaport", "Apprise") the
    place of its secrets, for advice. `outdated` has a sentence for each key with a former name.

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
    web: Web = Web()
    health: Health = Health()
    notify: Notify = Notify()
    cluster: Cluster = Cluster()
    log: Log = Log()
    account: str = ""
    file: Path | None = None
    credentials: Mapping[str, str] = Field(default_factory=dict)
    outdated: tuple[str, ...] = ()


def section_models() -> Mapping[str, type[Section]]:
    """Return the record of each section, by the section's name, in the file's order."""
    return {
        name: field.annotation
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
    }
