"""Make customers' texts harmless, limit their length, and normalise them for comparison (T5, P1, P6)."""

import re
import unicodedata

from chaport_sync.core.model import Message

#: Invisible characters that reorder or hide text. Joiners stay: emoji are made with them.
_HIDDEN = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")
#: Control characters but for the line feed, halves of characters, line and paragraph separators.
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_GAP = re.compile(r"\n{3,}")
#: An @, in any form, at the beginning of a word; the @ of an address has a letter before it.
_MENTION = re.compile(r"(?<!\w)([@\uff20\ufe6b])(?=\w)")


def harmless(text: str) -> str:
    """Return a text without control characters, terminal escapes and characters that reorder or hide text."""
    text = _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _GAP.sub("\n\n", _CONTROL.sub(" ", text)).strip()


def one_line(text: str, limit: int) -> str:
    """Return a name or an address as one line of at most `limit` characters."""
    line = " ".join(harmless(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def readable(message: Message) -> str:
    """Return a message as the visitor reads it: the text, then each attachment's link on a line of its own (R4)."""
    files = [(one_line(each.name, 200), one_line(each.url, 1000)) for each in message.files if each.url]
    return "\n".join(filter(None, (harmless(message.text), *(": ".join(filter(None, file)) for file in files))))


def no_mentions(text: str) -> str:
    """Return a text in which `@name` notifies nobody in Deskie, because an invisible joiner follows the @ (P6)."""
    return _MENTION.sub("\\1\u2060", text)


def split(text: str, limit: int, line_cost: int, *, at_spaces: bool = False) -> list[str]:
    """Cut a text into parts of at most `limit` characters, at line ends if possible; each line costs `line_cost` more.

    A line that is too long is cut anywhere, or with `at_spaces` at a space if there is one. Blank parts are left out.
    """
    parts: list[str] = []
    current: list[str] = []
    room = limit
    cut = limit - line_cost - 1
    for line in text.split("\n"):
        # `start` is where the rest of the line begins: copying the rest for each part would be slow in a long line.
        start = 0
        while (cost := len(line) - start + line_cost + 1) > room:
            if current:
                parts.append("\n".join(current))
                current, room = [], limit
                continue
            space = line.rfind(" ", start + cut // 2, start + cut + 1) if at_spaces else -1
            end = space if space > start else start + cut
            parts.append(line[start:end])
            start = end + 1 if space > start else end
        current.append(line[start:])
        room -= cost
    parts.append("\n".join(current))
    return [part for part in parts if part.strip()]


def compared(line: str) -> str:
    """Return one harmless line normalised for comparison: no white space, compatible forms made equal."""
    return "".join(unicodedata.normalize("NFKC", line).split())


def compared_lines(text: str) -> list[str]:
    """Return the lines of a text that are not empty, normalised for comparison."""
    return [line for line in map(compared, harmless(text).split("\n")) if line]
