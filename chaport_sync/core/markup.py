"""HTML becomes the text that a person would read; it may be broken in any way (R4, P1).

The standard library's parser is not used: before its mends of 2025 it takes 11 s for 40 kB of `<a `, and some input
ends it with an assertion. Here an attempt that fails ends before the next one that could fail in the same way, so that
reading takes time in proportion to the text, which may hold images of megabytes.
"""

import html
import re
from collections.abc import Iterator

#: The beginning of a comment, a tag, or what only looks like one. Quoted values may hold angle brackets.
_TAG = re.compile(
    r"""<!--|<(?P<end>/?)(?P<name>[a-z][^\s<>/"']*)(?=[\s/>"'])"""
    r"""(?P<rest>[^<>"']*(?:(?:"[^"]*"|'[^']*')[^<>"']*)*)>|<[!?/][^<>]*>""",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"']+))?""")
#: No character has such a number, and Python refuses to read very long ones.
_ENDLESS_NUMBER = re.compile(r"(?<=&#)[0-9]{8,}")

#: What nobody sees, and how it ends.
_UNSEEN = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style", "title")}
_UNSEEN["!--"] = re.compile("-->")
_BLOCK = re.compile("article|blockquote|div|d[dlt]|footer|header|h[1-6r]|li|main|[ou]l|pre|p|section|table|tr")
_CELLS, _LISTS, _ROWS = frozenset({"td", "th"}), frozenset({"ol", "ul"}), frozenset({"table", "tbody", "thead", "tr"})
#: Lists within lists are indented up to so many times.
_DEEPEST = 8


def from_html(markup: str, *, addresses: bool = False) -> str:
    """Return the text of a message in HTML; with `addresses` each link shows where it leads, unless its words do."""
    reader = _Reader(addresses=addresses)
    for text, name, rest in _pieces(markup):
        reader.read(_unescaped(text))
        if name.startswith("/"):
            reader.close(name[1:])
        elif name:
            reader.open(name, rest)
    return "".join(reader.said)


def _pieces(markup: str) -> Iterator[tuple[str, str, str]]:
    """Return each text with the tag that follows it: its name, a slash in front if it closes something, and the rest.

    What begins and never ends, a comment or a style, is text from there on: better too much than a lost answer.
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
    """Collects what is `said`, and knows where on the line, in which list, row and link that is."""

    def __init__(self, *, addresses: bool) -> None:
        self.said: list[str] = []
        self._addresses = addresses
        self._line_begins = True
        self._between = False
        self._in_row = False
        self._lists: list[int | None] = []
        self._link: tuple[str, int] | None = None

    def read(self, text: str) -> None:
        """Take a text; white space between cells or items is none."""
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
        """End an element, whether or not it began."""
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
        """Say where the link leads that was open, if any; the next link ends it too, and it may have shown nothing."""
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
    values = (value or "" for name, value in _ATTRIBUTE.findall(rest) if name.lower() == wanted)
    value = next(values, "")
    return _unescaped(value[1:-1] if value[:1] in ("'", '"') else value)


def _unescaped(text: str) -> str:
    return html.unescape(_ENDLESS_NUMBER.sub("9999999", text))


def _first_number(rest: str) -> int:
    start = _attribute(rest, "start")
    return int(start) if re.fullmatch("[0-9]{1,6}", start) else 1
