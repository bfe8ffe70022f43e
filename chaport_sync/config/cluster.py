"""The section `[cluster]`: the database over which several workers share the accounts, and this worker's name."""

import re
import socket
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Annotated
from urllib.parse import parse_qsl, unquote

from pydantic import AfterValidator, Field, SecretStr

from chaport_sync.cluster_database import NEEDS_ACCOUNTS
from chaport_sync.config.people import Status
from chaport_sync.config.section import Section
from chaport_sync.config.values import Text

#: PostgreSQL cuts the name of a session at 63 bytes, and a worker's begins with at most 21 bytes of ours.
LONGEST_NAME = 42
#: While an account is taken over nobody renews its statuses for so long at most (seconds), and for three polls.
TAKE_OVER, POLLS = 25.0, 3

_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST_NAME - 1}}}")
_NAMED_SO = f"a worker's name has up to {LONGEST_NAME} letters, digits, dots, - and _ of ASCII"
#: User, password, hosts, name of the database, parameters. A password may have no "@" and no "/".
_URL = re.compile(r"postgres(?:ql)?://(?:([^:@/?]*)(?::([^@/]*))?@)?([^@/?]*)(?:/([^@/?]*))?(?:\?(.*))?")
_PASSWORDS = ("password", "sslpassword")


def _database(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if text and not (_URL.fullmatch(text) and all("!" <= character <= "~" for character in text)):
        raise ValueError(
            'must be an address of PostgreSQL, such as "postgresql://USER:PASSWORD@HOST/DATABASE"; in a password each'
            " character but letters and digits is written by its number, such as %40 for @"
        )
    return secret


def _worker(text: str) -> str:
    if text and not is_worker_name(text):
        raise ValueError(f"{_NAMED_SO}; it must be unlike those of all other workers")
    return text


class Cluster(Section):
    """Where several workers share the accounts, and the name of this one; without `database` there is one machine."""

    database: Annotated[SecretStr, AfterValidator(_database)] = Field(
        default=SecretStr(""), description="the PostgreSQL database over which several workers share the accounts"
    )
    worker: Annotated[Text, AfterValidator(_worker)] = Field(
        default="", description="the name of this worker, which no other has; empty is the name of the host"
    )

    @property
    def url(self) -> str:
        """The address of the database in clear, empty if there is no cluster."""
        return self.database.get_secret_value()

    @property
    def name(self) -> str:
        """The name of this worker."""
        return self.worker or socket.gethostname()

    @property
    def has_password(self) -> bool:
        """Whether the address has a password."""
        return len(self.secrets) > 1

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every form in which the address or a password of it could reach a log, but for quoted ones (P6)."""
        match = _URL.fullmatch(self.url)
        if match is None:
            return ()
        passwords = [match[2] or "", *(value for key, value in parse_qsl(match[5] or "") if key in _PASSWORDS)]
        return tuple(filter(None, (self.url, *passwords, *map(unquote, passwords))))


def is_worker_name(name: str) -> bool:
    """Return whether a worker may have this name."""
    return _NAME.fullmatch(name) is not None


def cluster_problems(cluster: Cluster, status: Status, account: str) -> Iterator[str]:
    """Return why an account cannot be run in the cluster, with these settings of its statuses; nothing without one."""
    if not cluster.url:
        return
    if find_spec("psycopg") is None:
        words = "needs the package psycopg, which the extra cluster of chaport-sync installs"
        yield f"[cluster] database: {words}: pip install 'psycopg[binary]>=3.2,<4'"
    if not account:
        yield f"[cluster] database: {NEEDS_ACCOUNTS}"
    if not is_worker_name(cluster.name):
        yield f"[cluster] worker: is missing, and the name of this host is not fit: {_NAMED_SO}"
    needed = TAKE_OVER + POLLS * status.poll
    if status.enabled and status.lease < needed:
        words = f"must be at least {needed:g} in a cluster, {TAKE_OVER:g} and {POLLS} times [status] poll"
        yield f"[status] lease: {words}; else operators go offline while another worker takes the account over"
