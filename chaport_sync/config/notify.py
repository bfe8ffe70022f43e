"""The section `[notify]`: who is told when nobody is online, a flow is down, or events are parked, and when."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from chaport_sync.config.section import FromList, Section
from chaport_sync.config.values import Seconds, Text
from chaport_sync.core.opening_hours import read_hours


def _address(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if "://" not in text or not text.isprintable() or text != text.strip():
        raise ValueError('must be an address that Apprise understands, such as "tgram://TOKEN/CHAT"')
    return secret


def _hours(text: str) -> str:
    read_hours(text)
    return text


class Notify(Section):
    """Whom Apprise tells, and how long nobody may be online (seconds) before that is told. Which hours count."""

    urls: Annotated[tuple[Annotated[SecretStr, AfterValidator(_address)], ...], FromList] = Field(
        default=(), description='where notices are sent, as addresses of Apprise such as "tgram://TOKEN/CHAT"'
    )
    nobody_online_for: Seconds = Field(
        default=600, ge=0, description="the seconds without anybody online after which that is told; 0 is at once"
    )
    hours: Annotated[tuple[Annotated[Text, AfterValidator(_hours)], ...], FromList] = Field(
        default=(), description='when these seconds count, such as ["Mon-Fri 09:00-18:00"]; empty is always'
    )

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses in clear."""
        return tuple(url.get_secret_value() for url in self.urls)
