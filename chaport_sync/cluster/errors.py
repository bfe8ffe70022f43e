"""Why the cluster's database cannot be used; each message says which one, why and what to do, without a password."""

from psycopg import Error
from psycopg.conninfo import conninfo_to_dict

from chaport_sync.store.errors import StoreError


class DatabaseError(StoreError):
    """The cluster's database cannot be used; nothing can be recorded."""


class Unusable(DatabaseError):
    """The database is not what a cluster needs; an administrator has to change something."""


class Empty(Unusable):
    """The database has no tables yet, and was to get none."""


class Unreachable(DatabaseError):
    """The database does not answer; it may do so later."""


class Lost(DatabaseError):
    """The session is gone, and with it whatever it held; the statement was not executed."""


class Uncertain(Lost):
    """The session is gone, and nobody knows whether the statement was executed."""


def place(url: str) -> str:
    """Return which database a URL names, without its user and password."""
    try:
        parts = conninfo_to_dict(url)
    except Error:
        return "the database"
    return f"the database {parts.get('dbname') or 'of the same name as the user'} on {parts.get('host') or 'this host'}"


def reason(error: BaseException, url: str) -> str:
    """Return what an error says, in one line and without the URL's password."""
    text = " ".join(str(error).split()) or type(error).__name__
    try:
        password = conninfo_to_dict(url).get("password")
    except Error:
        # The text may quote the URL.
        return "its URL cannot be read; it has the form postgresql://USER:PASSWORD@HOST/DATABASE"
    return text.replace(str(password), "…") if password else text
