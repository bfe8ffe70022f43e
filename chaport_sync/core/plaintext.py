"""Customers' texts are foreign matter: made harmless and bounded here, and compared here (T5, P1, P6)."""

import html
import re
import unicodedata

#: Invisible characters that reorder or hide text. Joiners stay: emoji are made with them.
_HIDDEN = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")
#: Control characters but for the line feed, halves of characters, line and paragraph separators.
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_MENTION = re.compile(r"(^|[^\w.+-])@(?=\w)")
_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|/tr|/h\d|/blockquote|/pre)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def harmless(text: str) -> str:
    """Keep what can be read: no control characters, no terminal escapes, nothing that reorders."""
    text = _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"\n{3,}", "\n\n", _CONTROL.sub(" ", text)).strip()


def one_line(text: str, limit: int) -> str:
    """Make a name or an address fit into one line of at most `limit` characters."""
    line = " ".join(harmless(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def no_mentions(text: str) -> str:
    """Keep `@name` in a note from notifying somebody in Deskie: an invisible joiner follows the @ (P6)."""
    return _MENTION.sub("\\1@\u2060", text)


def split(text: str, limit: int, line_cost: int) -> list[str]:
    """Cut a text into parts of at most `limit`, counting `line_cost` more for each line; at line ends if possible."""
    parts: list[str] = []
    current: list[str] = []
    room = limit
    for line in text.split("\n"):
        rest = line
        while True:
            cost = len(rest) + line_cost + 1
            if cost <= room:
                current.append(rest)
                room -= cost
                break
            if current:
                parts.append("\n".join(current))
                current, room = [], limit
                continue
            cut = limit - line_cost - 1
            parts.append(rest[:cut])
            rest = rest[cut:]
    parts.append("\n".join(current))
    return [part for part in parts if part.strip()]


def from_html(markup: str) -> str:
    """Give the text of an answer that carries HTML only (`content_html`)."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", markup)))


def compared(line: str) -> str:
    """Normalise one harmless line for comparison: no white space, compatible forms made equal."""
    return "".join(unicodedata.normalize("NFKC", line).split())


def compared_lines(text: str) -> list[str]:
    """Give the lines of a text that are not empty, normalised for comparison."""
    return [line for line in map(compared, harmless(text).split("\n")) if line]
