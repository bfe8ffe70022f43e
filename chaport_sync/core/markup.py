"""Turn HTML, however broken, into the text that a person would read (R4, P1).

The parser of the standard library is not used. Before its corrections of 2025 it takes 11 s for 40 kB of `<a `, and it
fails with an assertion on some input. Here no part of the text is searched twice for the same thing, so the time grows
in proportion to the text, which may hold images of megabytes.
"""

import html
import re
from collections.abc import Iterator

#: The beginning of a comment, a tag, or something that only looks like a tag. Quoted values may hold angle brackets.
_TAG = re.compile(
    r"""<!--|<(?P<end>/?)(?P<name>[a-z][^\s<>/"']*)(?=[\s/>"'])"""
    r"""(?P<rest>[^<>"']*(?:(?:"[^"]*"|'[^']*')[^<>"']*)*)>|<[!?/][^<>]*>""",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"']+))?""")
#: No character has a number of eight digits, and Python refuses to read very long numbers.
_ENDLESS_NUMBER = re.compile(r"(?<=&#)[0-9]{8,}")

#: Elements that a browser does not show, each with its end.
_UNSEEN = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style", "title")}
_UNSEEN["!--"] = re.compile("-->")
_BLOCK = re.compile("article|blockquote|div|d[dlt]|footer|header|h[1-6r]|li|main|[ou]l|pre|p|section|table|tr")
_CELLS, _LISTS, _ROWS = frozenset({"td", "th"}), frozenset({"ol", "ul"}), frozenset({"table", "tbody", "thead", "tr"})
#: Deeper lists within lists are not indented further.
_DEEPEST = 8


def from_html(markup: str, *, addresses: bool = False) -> str:
    """Return the text of a message in HTML; with `addresses` each link shows its address, unless its text does."""
    reader = _Reader(addresses=addresses)
    for text, name, rest in _pieces(markup):
        reader.read(_unescaped(text))
        if name.startswith("/"):
            reader.close(name[1:])
        elif name:
            reader.open(name, rest)
    return "".join(reader.said)


def _pieces(markup: str) -> Iterator[tuple[str, str, str]]:
    """Return each text with the name of the tag that follows it and the tag's rest; a closing tag's name has a slash.

    A comment or a style that never ends is shown as text: too much is better than a lost answer.
    """
    at, done, endless = 0, 0, set[str]()
    while found := _TAG.search(markup, at):
        at = found.end()
        name = (found["name"] or ("!--" if found[0] == "<!--" else "")).lower()
        unseen = None if found["end"] else _UNSEEN.get(name)
        if unseen is not None:
            ended = None if name in endless else unseen.search(markup, at)
            if ended is not None:
                at = ended.end()
            else:
                endless.add(name)
                if name == "!--":
                    continue
        yield markup[done : found.start()], f"{found['end'] or ''}{name}", found["rest"] or ""
        done = at
    yield markup[done:], "", ""


class _Reader:
    """Collects the text in `said`, and remembers the place in it: the line, the lists, the table row and the link."""

    def __init__(self, *, addresses: bool) -> None:
        self.said: list[str] = []
        self._addresses = addresses
        self._line_begins = True
        self._between = False
        self._in_row = False
        self._lists: list[int | None] = []
        self._link: tuple[str, int] | None = None

    def read(self, text: str) -> None:
        """Add a text; white space between two cells or items is left out."""
        if text and not (self._between and text.isspace()):
            self._say(text)

    def open(self, name: str, rest: str) -> None:
        """Begin an element; `rest` holds its attributes."""
        self._block(name)
        if name == "br":
            self._say("\n")
        elif name in _LISTS:
            self._lists.append(_first_number(rest) if name == "ol" else None)
        elif name == "li":
            self._begin_item()
        elif name in _CELLS and self._in_row:
            self._say(" · ")
        elif name == "a":
            self._end_link(implied=True)
            self._link = (_attribute(rest, "href"), len(self.said))
        self._in_row = name in _CELLS or (self._in_row and name not in _ROWS)
        self._between = name in _ROWS | _LISTS

    def close(self, name: str) -> None:
        """End an element, even if it never began."""
        self._block(name)
        if name in _LISTS and self._lists:
            self._lists.pop()
        elif name == "a":
            self._end_link()
        self._between = name in _ROWS | _LISTS | _CELLS | {"li"}

    def _say(self, text: str) -> None:
        self.said.append(text)
        last = text.rpartition("\n")[2]
        self._line_begins = (not last or last.isspace()) and ("\n" in text or self._line_begins)

    def _block(self, name: str) -> None:
        """Begin a line, unless one has just begun."""
        if _BLOCK.fullmatch(name) and not self._line_begins:
            self._say("\n")

    def _begin_item(self) -> None:
        number = self._lists[-1] if self._lists else None
        mark = "•" if number is None else f"{number}."
        if number is not None:
            self._lists[-1] = number + 1
        self._say(f"{'  ' * (min(len(self._lists), _DEEPEST) - 1)}{mark} ")
        self._line_begins = True

    def _end_link(self, *, implied: bool = False) -> None:
        """End the open link, if there is one, with its address; `implied` if the next link ends it."""
        if self._link is None or not self._addresses:
            return
        address, began = self._link
        self._link = None
        address = address.removeprefix("mailto:").strip()
        shown = "".join(self.said[began:]).strip()
        if (
            address
            and (shown or not implied)
            and shown.rstrip("/") not in (address.rstrip("/"), address.partition("://")[2].rstrip("/"))
        ):
            self._say(f" ({address})" if shown else address)


def _attribute(rest: str, wanted: str) -> str:
    values = (value for name, value in _ATTRIBUTE.findall(rest) if name.lower() == wanted)
    value = next(values, "")
    return _unescaped(value[1:-1] if value[:1] in ("'", '"') else value)


def _unescaped(text: str) -> str:
    return html.unescape(_ENDLESS_NUMBER.sub("9999999", text))


def _first_number(rest: str) -> int:
    start = _attribute(rest, "start")
    return int(start) if re.fullmatch("[0-9]{1,6}", start) else 1
