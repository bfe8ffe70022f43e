"""The page in a real browser: what it shows, what it asks for, who can read it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from prometheus_client import CollectorRegistry

from chaport_sync.store import Store
from chaport_sync.web.access import Access
from chaport_sync.web.accounts_page import AccountNow
from chaport_sync.web.serving import Endpoint
from chaport_sync.web.site import Site
from tests.web.browser import NARROW, WIDE, Tab, browser, tab
from tests.web.week import SHIFTS, a_week

pytestmark = pytest.mark.processes

PASSWORD = "correct horse battery"
STRANGE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "\u202egnp.exe", "W" * 200)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, started once."""
    with browser() as started:
        yield started


class Place:
    """A site of two accounts on a port."""

    def __init__(self, folder: Path, port: int) -> None:
        now = time.time()
        self.stores: list[Store] = [
            a_week(folder / f"{name}.db", now=now, names=names)
            for name, names in (("acme", tuple(SHIFTS)), ("strange", STRANGE))
        ]
        accounts = {
            name: AccountNow(store, words="statuses ok", online=2, operators=3)
            for name, store in zip(("acme", "strange"), self.stores, strict=True)
        } | {"lost": AccountNow(None, down="its state file is damaged")}
        self.site = Site(CollectorRegistry(), lambda: True, lambda: ("", ""), lambda: accounts, lambda _: None)
        self.endpoint = Endpoint(self.site)
        self.endpoint.listen(("127.0.0.1", port), Access())
        self.address = f"http://127.0.0.1:{port}"

    def close(self) -> None:
        """Stop serving."""
        self.endpoint.close()
        for store in self.stores:
            store.close()


@pytest.fixture
def place(tmp_path: Path, port: int) -> Iterator[Place]:
    """What is served."""
    found = Place(tmp_path, port)
    yield found
    found.close()


def overflows(found: Tab) -> bool:
    """Return whether the page has to be moved sideways to be read."""
    wide: bool = found.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wide


def test_what_it_shows(chromium: Browser, place: Place) -> None:
    """From the list of accounts to one: its answer, its days, its tables; nothing is asked for but the pages."""
    with tab(chromium) as found:
        found.page.goto(place.address)
        assert found.page.title() == "All accounts · chaport-sync"
        found.page.get_by_role("link", name="acme").click()
        assert found.page.title() == "acme · chaport-sync"
        assert found.page.locator(".answer").inner_text()
        heads = found.page.get_by_role("heading", level=2).all_inner_texts()
        assert heads == [
            "Today",
            "The chat on the website this week",
            "When nobody was online this week",
            "How much of each hour somebody was online this week",
            "Now",
            "The last changes",
        ]
        pictures = found.page.get_by_role("img")
        assert pictures.count() >= 8
        assert "online" in (pictures.first.get_attribute("aria-label") or "")
        assert found.page.locator("rect.online").count() >= 5
        assert found.asked == [f"{place.address}/", f"{place.address}/accounts/acme"]
        assert found.wrong == []


def test_strange_names(chromium: Browser, place: Place) -> None:
    """Names are text: no script runs, no image is loaded, no word turns around, and no line is too wide."""
    with tab(chromium, width=NARROW) as found:
        found.page.goto(f"{place.address}/accounts/strange")
        assert found.page.locator("script, img").count() == 0
        assert "<script>alert(1)</script>" in found.page.locator("main").inner_text()
        assert "gnp.exe" in found.page.locator("main").inner_text()
        assert not overflows(found)
        assert (found.asked, found.wrong) == ([f"{place.address}/accounts/strange"], [])


@pytest.mark.parametrize(
    ("path", "width", "scheme"),
    [("/", WIDE, "light"), ("/accounts/acme", WIDE, "light"), ("/accounts/acme", NARROW, "dark")],
    ids=["accounts", "wide and light", "narrow and dark"],
)
def test_everybody_can_read_it(chromium: Browser, place: Place, path: str, width: int, scheme: str) -> None:
    """Contrast, names of pictures, headings, tables: no finding of axe; on a telephone it fits."""
    with tab(chromium, width=width, scheme="dark" if scheme == "dark" else "light") as found:
        found.page.goto(f"{place.address}{path}")
        results = Axe().run(found.page)
        assert results.violations_count == 0, results.generate_report()
        assert not overflows(found)


def test_printed(chromium: Browser, place: Place) -> None:
    """A week fits on a few sheets of paper."""
    with tab(chromium) as found:
        found.page.goto(f"{place.address}/accounts/acme")
        paper = found.page.pdf(format="A4")
        assert 1 <= paper.count(b"/Type /Page\n") <= 4


def test_the_password(chromium: Browser, place: Place) -> None:
    """The browser asks for it; with the right one the page is shown."""
    place.site.access = Access(PASSWORD)
    for password, code in ((PASSWORD, 200), ("wrong", 401)):
        with tab(chromium, password=password) as found:
            answer = found.page.goto(place.address)
            assert answer is not None
            assert answer.status == code
