"""Who may see the page: this machine, by an address of it; others with the password."""

import base64

import pytest

from chaport_sync.web.access import Access, Answer

PASSWORD = "correct horse battery"
LOCAL, OPEN = Access(), Access(remote=True)
GUARDED, GUARDED_HERE = Access(PASSWORD, remote=True), Access(PASSWORD)


def basic(text: str) -> dict[str, str]:
    """Return a request with this user name and password."""
    return {"HTTP_AUTHORIZATION": f"Basic {base64.b64encode(text.encode()).decode()}"}


@pytest.mark.parametrize("host", ["127.0.0.1:9464", "localhost:9464", "localhost", "[::1]:9464", "[::1]", "127.8.9.1"])
def test_this_machine(host: str) -> None:
    """Without a password, whoever is on this machine sees the page by an address of it."""
    assert LOCAL.decide({"HTTP_HOST": host}) is Answer.SHOW


@pytest.mark.parametrize("host", ["evil.example", "evil.example:9464", "10.0.0.1:9464", "", "[::2]:1", "localhost.x"])
def test_a_strangers_name(host: str) -> None:
    """A name of a stranger that leads to this machine does not let the stranger's page read ours."""
    assert LOCAL.decide({"HTTP_HOST": host}) is Answer.REFUSE


@pytest.mark.parametrize("host", ["10.0.0.1:9464", "127.0.0.1:9464"])
def test_other_machines(host: str) -> None:
    """Where other machines reach the address there is no page without a password, whatever name they ask by."""
    assert OPEN.decide({"HTTP_HOST": host}) is Answer.REFUSE


@pytest.mark.parametrize("access", [GUARDED, GUARDED_HERE])
@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (basic(f"anybody:{PASSWORD}"), Answer.SHOW),
        (basic(f":{PASSWORD}"), Answer.SHOW),
        (basic("anybody:wrong"), Answer.ASK),
        (basic(f"{PASSWORD}:"), Answer.ASK),
        (basic(f"a:{PASSWORD} "), Answer.ASK),
        (basic("no colon"), Answer.ASK),
        ({"HTTP_AUTHORIZATION": "Basic !!!"}, Answer.ASK),
        ({"HTTP_AUTHORIZATION": "Basic \u00e9"}, Answer.ASK),
        ({"HTTP_AUTHORIZATION": basic(f"a:{PASSWORD}")["HTTP_AUTHORIZATION"].replace("Basic", "Bearer")}, Answer.ASK),
        ({"HTTP_AUTHORIZATION": basic(f"a:{PASSWORD}")["HTTP_AUTHORIZATION"].replace("Basic", "basic")}, Answer.SHOW),
        ({}, Answer.ASK),
    ],
)
def test_a_password(access: Access, request_: dict[str, str], answer: Answer) -> None:
    """Whoever gives the password sees the page, from this machine too; the user name is of no matter."""
    assert access.decide({"HTTP_HOST": "sync.acme.example", **request_}) is answer
