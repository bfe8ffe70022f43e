"""The pages that are written for people, and what stands in them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "tests/README.md")),
        *(ROOT / "docs").glob("*.md"),
    ]
)
CHANGELOG = ROOT / "CHANGELOG.md"

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+)`")


def name(page: Path) -> str:
    """Return a page's path within the repository."""
    return str(page.relative_to(ROOT))


def text(page: Path) -> str:
    """Return what a page says."""
    return page.read_text("utf-8")


def prose(page: Path) -> str:
    """Return what a page says outside its blocks of code."""
    return _BLOCK.sub("", text(page))


def blocks(page: Path, kind: str) -> list[str]:
    """Return a page's blocks of code of one kind, such as "sh"."""
    return [block for language, block in _BLOCK.findall(text(page)) if language == kind]


def codes(page: Path) -> list[str]:
    """Return what stands in backticks in a page's prose."""
    return _CODE.findall(prose(page))


def rows(page: Path) -> list[list[str]]:
    """Return the rows of a page's tables, cell by cell."""
    lines = [line for line in prose(page).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in lines]
