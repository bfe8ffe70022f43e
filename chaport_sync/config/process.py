"""The sections about the daemon itself: `[state]`, `[web]`, `[health]`, `[log]`."""

from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from chaport_sync.config.section import Section
from chaport_sync.config.values import Listen, PingUrl, Seconds, StateFile, WebPassword, host_and_port, is_loopback


class State(Section):
    """What the daemon remembers (P7). `keep` is in days; `path` is resolved by `state_path`."""

    path: StateFile = Field(default="", description="the full path of the state file; empty is the usual place")
    keep: int = Field(default=30, ge=1, le=3650, description="the days of silence after which a chat is forgotten")


class Web(Section):
    """The address of the page, the metrics and `/healthz`; with an empty `listen` no port is opened."""

    allow_remote: bool = Field(default=False, description="whether other machines may reach that address")
    listen: Listen = Field(
        default="",
        description='where the page, /metrics and /healthz are served, such as "127.0.0.1:9464"; empty is nowhere',
    )
    password: WebPassword = Field(
        default=SecretStr(""), description="the password of the page, which other machines reach only with one"
    )
    names: bool = Field(default=True, description="whether the page names agents and operators")

    @field_validator("listen")
    @classmethod
    def _stays_here(cls, listen: str, info: ValidationInfo) -> str:
        if listen and info.data.get("allow_remote") is False and not is_loopback(host_and_port(listen)[0]):
            raise ValueError(
                'must be of this machine only, such as "127.0.0.1:9464"; other machines are served only with '
                "[web] allow_remote = true"
            )
        return listen

    @property
    def is_remote(self) -> bool:
        """Whether other machines reach the address."""
        return self.address is not None and not is_loopback(self.address[0])

    @property
    def address(self) -> tuple[str, int] | None:
        """Host and port, None if no port is opened."""
        return host_and_port(self.listen) if self.listen else None


class Health(Section):
    """Which address is pinged while all is well, and how long a flow may be down before it is told (seconds)."""

    ping_url: PingUrl = Field(default=SecretStr(""), description="the address to ping while all is well")
    tolerate: Seconds = Field(
        default=900, ge=60, description="the seconds for which a flow may be down before that is told"
    )


class Log(Section):
    """The least important level that is logged, and the form of a log line."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="the least important events that are logged"
    )
    format: Literal["auto", "json", "console"] = Field(
        default="auto", description="the form of a log line; auto is console on a terminal, else json"
    )
