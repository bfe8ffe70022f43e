"""What is answered to a request: the page with its headers, and everything else in plain words."""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from chaport_sync.web.access import Access
from chaport_sync.web.accounts_page import AccountNow
from chaport_sync.web.site import REFUSED_AFTER, Site
from tests.web.reading import text_of
from tests.web.week import a_week
from tests.world import World

PASSWORD = "correct horse battery"


@dataclass
class Visitor:
    """Somebody with a browser, and the site with its accounts."""

    accounts: dict[str, AccountNow]
    lives: bool = True
    waited: list[float] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.site = Site(
            CollectorRegistry(), lambda: self.lives, lambda: ("", ""), lambda: self.accounts, self.waited.append
        )

    def ask(self, path: str = "/", method: str = "GET", **environ: str) -> tuple[int, str]:
        """Return the status and the body of an answer, and keep its headers."""
        answered: list[Any] = []
        request = {"PATH_INFO": path, "REQUEST_METHOD": method, "HTTP_HOST": "127.0.0.1:9464", **environ}
        body = b"".join(self.site(request, lambda *words: answered.append(words)))
        status, headers = answered[0]
        self.headers = dict(headers)
        return int(status[:3]), body.decode()


@pytest.fixture
def visitor(tmp_path: Path) -> Iterator[Visitor]:
    """A visitor of a site with one account, whose daemon has the state file open."""
    store = a_week(tmp_path / "state.db")
    yield Visitor({"": AccountNow(store, words="statuses ok")})
    store.close()


def test_the_page(visitor: Visitor) -> None:
    """It is HTML of the state file, while the daemon uses it."""
    code, html = visitor.ask()
    assert (code, visitor.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "acme.deskie.io" in text_of(html)


def test_nothing_else_is_loaded(visitor: Visitor) -> None:
    """The headers forbid scripts, frames, copies and everything from elsewhere; only this page's style is allowed."""
    _, html = visitor.ask()
    (style,) = re.findall("<style>(.*)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert visitor.headers["Content-Security-Policy"] == (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
        f" style-src 'sha256-{digest}'; img-src data:"
    )
    assert visitor.headers["X-Content-Type-Options"] == "nosniff"
    assert visitor.headers["Referrer-Policy"] == "no-referrer"
    assert visitor.headers["Cache-Control"] == "no-store"
    assert " style=" not in html


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_it_is_read_only(visitor: Visitor, method: str) -> None:
    """Nothing can be sent."""
    assert visitor.ask(method=method)[0] == 405


@pytest.mark.parametrize("path", ["/nothing", "/accounts/", "/accounts/acme", "/accounts/../state.db", "//", ""])
def test_other_paths(visitor: Visitor, path: str) -> None:
    """There is one page of one account."""
    assert visitor.ask(path)[0] == 404


def test_without_the_password(visitor: Visitor) -> None:
    """The browser is told to ask for it; each wrong try waits, and costs nothing to anybody else."""
    visitor.site.access = Access(PASSWORD, remote=True)
    for tried in ("", f"Basic {base64.b64encode(b'a:wrong').decode()}"):
        code, words = visitor.ask(HTTP_AUTHORIZATION=tried)
        assert (code, words) == (401, "The page needs [web] password.\n")
        assert visitor.headers["WWW-Authenticate"].startswith("Basic ")
    assert visitor.waited == [REFUSED_AFTER] * 2
    right = f"Basic {base64.b64encode(f'a:{PASSWORD}'.encode()).decode()}"
    assert visitor.ask(HTTP_AUTHORIZATION=right)[0] == 200
    assert [visitor.ask(path)[0] for path in ("/metrics", "/healthz", "/livez")] == [200, 200, 200]
    assert visitor.waited == [REFUSED_AFTER] * 2


def test_from_elsewhere_without_a_password(visitor: Visitor) -> None:
    """Where others reach the address, or by a strange name, the page is refused in words that say what to do."""
    code, words = visitor.ask(HTTP_HOST="evil.example")
    assert (code, "[web] password" in words) == (403, True)
    visitor.site.access = Access(remote=True)
    assert visitor.ask()[0] == 403
    assert visitor.ask("/healthz")[0] == 200


def test_a_state_file_that_cannot_be_read(visitor: Visitor, tmp_path: Path) -> None:
    """It says which file, and what to do; an account between two runs says that it does not run."""
    (tmp_path / "state.db").rename(tmp_path / "gone.db")
    code, words = visitor.ask()
    assert (code, "state.db cannot be used" in words) == (503, True)
    visitor.accounts[""] = AccountNow(None, down="its state file is damaged")
    assert visitor.ask() == (503, "It does not run now. its state file is damaged\n")


def _defective(*_: Any, **__: Any) -> str:
    raise KeyError("Ann Berg")


def test_a_defect(visitor: Visitor, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that cannot be drawn is logged without what it shows, and all else is served."""
    monkeypatch.setattr("chaport_sync.web.site.account_page", _defective)
    code, words = visitor.ask()
    assert (code, words) == (500, "The page cannot be drawn; the log says why.\n")
    (event,) = world.events("web.failed")
    assert event["error"] == "a defect: KeyError"
    assert visitor.ask("/healthz")[0] == 200


def test_many_accounts(visitor: Visitor) -> None:
    """The worst comes first: who is down, who is off the website, who fails, who has parked events, then the others."""
    state = visitor.accounts[""].store
    visitor.accounts = {
        "alpha": AccountNow(state, words="statuses ok", online=2, operators=3),
        "beta": AccountNow(None, down="its configuration was rejected <b>"),
        "gamma": AccountNow(state, words="statuses ok", online=1, operators=1, waiting=4, parked=2),
        "fails": AccountNow(state, well=False, words="statuses failing", online=1, operators=1),
        "off": AccountNow(state, words="statuses ok", online=0, operators=5),
        "new": AccountNow(state, words="statuses not polled yet"),
    }
    code, html = visitor.ask()
    assert code == 200
    lines = text_of(html).splitlines()
    assert "4 of 6 accounts are well. The chat of 1 account is off the website." in lines
    first = lines.index(next(line for line in lines if line.startswith("Account |"))) + 1
    assert lines[first : first + 6] == [
        "beta | down | not known |  |  | its configuration was rejected <b>",
        "off | ok | 0 of 5 | 0 | 0 | statuses ok",
        "fails | failing | 1 of 1 | 0 | 0 | statuses failing",
        "gamma | ok | 1 of 1 | 4 | 2 | statuses ok",
        "alpha | ok | 2 of 3 | 0 | 0 | statuses ok",
        "new | ok | not known |  |  | statuses not polled yet",
    ]
    assert '<a href="/accounts/alpha">' in html
    assert "/accounts/beta" not in html
    code, html = visitor.ask("/accounts/alpha")
    assert (code, "alpha · chaport-sync" in text_of(html), "All accounts" in text_of(html)) == (200, True, True)
    assert visitor.ask("/accounts/beta")[0] == 503
    assert visitor.ask("/accounts/delta")[0] == 404
