"""The types of settings' values, and their checks.

No message repeats a value that is refused: people paste secrets into the wrong line (P6).
"""

import ipaddress
import os
import re
import string
import unicodedata
from contextlib import suppress
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_core import PydanticCustomError

# The longest duration (seconds). Nobody needs more, and with it every sum of times is a valid date.
LONGEST = 7 * 24 * 3600

#: The fewest characters of a password.
SHORTEST_PASSWORD = 12

#: The type of a validation error for a name where an id is needed; `check` asks the account for the id.
BY_NAME = "by_name"

_CONTROL = {"Cc", "Cs", "Zl", "Zp"}  # control characters, undecodable bytes, line and paragraph separators
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_ADDRESS = re.compile(r"[^@\s:]+@[^@\s:]+")  # a colon would end the user name in HTTP Basic authentication
_PORTS = range(1, 65536)
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LOCALTIME = Path("/etc/localtime")
_ZONES = "zoneinfo/"


def _printable(text: str) -> str:
    if any(unicodedata.category(character) in _CONTROL for character in text):
        raise ValueError("must not contain control characters or line breaks")
    return text


def _word(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text.strip()


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError('must be an e-mail address, such as "sync@acme.example"')
    return text


def _secret(secret: SecretStr) -> SecretStr:
    # Secrets are sent in headers, where other characters would be cut off, refused, or read as the next header.
    if not all("!" <= character <= "~" for character in secret.get_secret_value()):
        raise ValueError("contains blanks, line breaks or letters outside ASCII, which no key has; copy it again")
    return secret


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_loopback(host: str) -> bool:
    """Return whether a host (a name or an address) can only be this machine."""
    address = _ip(host)
    return host == "localhost" if address is None else address.is_loopback


def _origin(text: str) -> str:
    if any(character.isspace() or character == "\\" for character in text):
        raise ValueError("must not contain blanks or backslashes")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError('must be an address, such as "https://acme.deskie.io"') from None
    if parts.scheme not in {"http", "https"} or "%" in host or not (_HOST.fullmatch(host) or _ip(host)):
        raise ValueError('must be an address, such as "https://acme.deskie.io"')
    if "@" in parts.netloc:
        raise ValueError("must not contain a user name or a password; credentials have keys of their own")
    if parts.path not in {"", "/"} or "?" in text or "#" in text:
        raise ValueError("must end after the host name, without a path or a query")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError("must start with https://; http:// is for this machine only (127.0.0.1, ::1, localhost)")
    shown_host = f"[{host}]" if ":" in host else host
    shown_port = "" if port in {None, {"http": 80, "https": 443}[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{shown_host}{shown_port}"


def host_and_port(text: str) -> tuple[str, int]:
    """Split an address such as `127.0.0.1:9464` or `[::1]:9464`; raises `ValueError` if it is none."""
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    number = int(port) if re.fullmatch(r"[0-9]{1,5}", port) else 0
    if not colon or number not in _PORTS or (bare != "localhost" and not _ip(bare)):
        raise ValueError('must be an IP address and a port, such as "127.0.0.1:9464" or "[::1]:9464"')
    return bare, number


def _listen(text: str) -> str:
    if text:
        host_and_port(text)
    return text


def _web_password(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if text and (len(text) < SHORTEST_PASSWORD or not all(" " <= character <= "~" for character in text)):
        raise ValueError(f"must have at least {SHORTEST_PASSWORD} characters of ASCII; it protects names and hours")
    return secret


def _ping_url(secret: SecretStr) -> SecretStr:
    text = _secret(secret).get_secret_value()
    if text:
        parts = urlsplit(text)
        _origin(f"{parts.scheme}://{parts.netloc}")
    return secret


def _id_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _id_as_number(value: object) -> object:
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value):
            raise ValueError("must be a number, the id")
        return int(value)
    return value


def _status_id(value: object) -> object:
    try:
        return _id_as_number(value)
    except ValueError:
        raise PydanticCustomError(
            BY_NAME,
            "is a name, but the status's id is wanted, a number; `chaport-sync check` prints the lines to paste",
        ) from None


def _channel(text: str) -> str:
    if text and not re.fullmatch(r"cch[0-9]+", text):
        raise PydanticCustomError(
            BY_NAME,
            'must be the custom channel\'s key, "cch" and its number, such as "cch12"; `chaport-sync check` lists them',
        )
    return text


def _subject(text: str) -> str:
    if not text:
        return text
    # The template is filled with a visitor's text, so {visitor} may have no width and no attribute.
    try:
        fields = [part[1:] for part in string.Formatter().parse(text) if part[1] is not None]
    except ValueError:
        raise ValueError("has a brace without its partner; a brace that is to be shown is written twice") from None
    if any(field != ("visitor", "", None) for field in fields):
        raise ValueError("may have no placeholder but {visitor}; a brace that is to be shown is written twice")
    return _word(text)


def time_zone(name: str) -> tuple[tzinfo, str]:
    """Return a time zone and its name; for an empty `name` this machine's, or UTC if it has none set (T5).

    Raises:
        ValueError, LookupError, OSError: There is no zone of this name.
    """
    if name:
        return ZoneInfo(name), name
    with suppress(ValueError, LookupError, OSError):
        if own := os.environ.get("TZ", "").removeprefix(":"):
            return ZoneInfo(own), own
    with suppress(ValueError, OSError), _LOCALTIME.open("rb") as file:
        found = ZoneInfo.from_file(file)
        place, _, called = str(_LOCALTIME.resolve()).rpartition(_ZONES)
        return found, called if place else str(_LOCALTIME)
    return ZoneInfo("UTC"), "UTC"


def _zone(name: str) -> str:
    try:
        time_zone(name)
    except (ValueError, LookupError, OSError):  # an absolute path, an unknown name, a folder of zones
        raise ValueError('must be the name of a time zone, such as "UTC" or "Europe/Istanbul"') from None
    return name


def _start(value: object) -> date | None:
    if value is None or value == "now":
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError('must be "now" or a date, such as "2026-11-01"')


def _state_file(text: str) -> str:
    if text and not text.startswith(("/", "~/")):
        raise ValueError('must be a full path, such as "/var/lib/chaport-sync/state.db", or start with "~/"')
    return text


Seconds = Annotated[float, Field(le=LONGEST, allow_inf_nan=False)]
Text = Annotated[str, AfterValidator(_printable)]
Word = Annotated[Text, AfterValidator(_word)]
Address = Annotated[Word, AfterValidator(_address)]
Secret = Annotated[SecretStr, AfterValidator(_secret)]
WebPassword = Annotated[SecretStr, AfterValidator(_web_password)]
PingUrl = Annotated[SecretStr, AfterValidator(_ping_url)]
Listen = Annotated[Text, AfterValidator(_listen)]
Origin = Annotated[Text, AfterValidator(_origin)]
TextId = Annotated[Word, BeforeValidator(_id_as_text)]
NumberId = Annotated[int, BeforeValidator(_id_as_number), Field(ge=1)]
StatusId = Annotated[int, BeforeValidator(_status_id), Field(ge=0)]
Channel = Annotated[Text, AfterValidator(_channel)]
Subject = Annotated[Text, AfterValidator(_subject)]
Zone = Annotated[Text, AfterValidator(_zone)]
Start = Annotated[date | None, BeforeValidator(_start)]
StateFile = Annotated[Text, AfterValidator(_state_file)]

StatusWord = Literal["online", "invisible", "offline", "keep"]
AuthorKind = Literal["bot", "visitor", "operator"]
EventKind = Literal["bot", "visitor", "operator", "ignore"]
