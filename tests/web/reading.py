"""Reading a page as its reader does: without the tags."""

import re
from html import unescape
from pathlib import Path

from chaport_sync.remembered import Remembered
from chaport_sync.store import Store
from chaport_sync.web.page import account_page
from tests.web.week import NOW


def page_of(store: Store, account: str = "", *, names: bool = True, now: float = NOW) -> str:
    """Return the HTML of the page of a state file."""
    return account_page(Remembered(Path("state.db"), store, running=True, now=now), account, names=names)


def text_of(html: str) -> str:
    """Return the text of a page, a line for each block of it."""
    body = re.sub(r"<(style|title)>.*?</\1>", "", html.partition("<body>")[2], flags=re.DOTALL)
    body = re.sub(r"</t[hd]>", " | ", re.sub("</(tr|div)>", "\n", body))
    lines = re.sub(r"<[^>]*>", "", body).splitlines()
    return "\n".join(unescape(line.strip(" |")) for line in lines if line.strip())
