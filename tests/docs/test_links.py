"""Links between the pages lead somewhere, and files that are named are there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import CHANGELOG, PAGES, ROOT, codes, name, prose, text

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|(?:src|href|srcset)=\"([^\"]+)\"")
_ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
#: A path or a file of the project, as opposed to one of a machine on which it is installed or of a service.
_PATH = re.compile(r"(?:[\w.-]+/)+(?:[\w.-]+)?|[\w.-]+\.(?:py|md|svg|service)|\.ci/run|[a-z]+\.example\.toml")
#: Where those are looked for who say only the end of a path.
_BELOW = ("", "chaport_sync", "tests", "tests/simulation", "docs")


def links(page: Path) -> Iterator[str]:
    """Return where a page's links lead, within the project."""
    for target in ("".join(pair) for pair in _LINK.findall(prose(page))):
        if not re.match(r"[a-z]+:", target):
            yield target


def anchors(page: Path) -> set[str]:
    """Return the places within a page that a link can name, as code hosts make them of headings."""
    headings = (re.sub(r"<[^>]+>", "", heading) for heading in _HEADING.findall(prose(page)))
    made = {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
    return made | set(_ANCHOR.findall(text(page)))


@pytest.mark.parametrize("page", [*PAGES, CHANGELOG], ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    """To a file that is there, and to a place in it that is there."""
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.is_relative_to(ROOT) or not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_that_are_named_are_there(page: Path) -> None:
    """From the root of the project, from the page, or from the folder that the page is about."""
    paths = {code for code in codes(page) if _PATH.fullmatch(code) and not code.startswith(("/", "~"))}
    folders = [page.parent, *(ROOT / below for below in _BELOW)]
    assert [each for each in sorted(paths) if not any((folder / each).exists() for folder in folders)] == []


def test_each_page_is_in_the_readme() -> None:
    """Whoever begins with the README finds every page of docs/."""
    linked = {link.partition("#")[0] for link in links(ROOT / "README.md")}
    assert [page for page in PAGES if name(page) not in {"README.md", *linked}] == []
