"""An answer's bytes, bounded before anything is made of them: nobody's answer fills this machine's memory."""

import re
import zlib

import httpx

from chaport_sync.core.text import one_line

#: An answer larger than this is not read to its end (bytes).
LARGEST = 16 * 1024 * 1024
#: The only coding that is asked for. One that is inflated in several layers, or by a piece at a time as it comes, may
#: become a million times as large before it can be counted.
CODING = "gzip"
#: No real answer is nested deeper, and what is not can be walked through without care.
DEEPEST = 64
#: No real answer has more objects and lists, or more texts.
MOST, MOST_TEXTS = 500_000, 1_000_000

_TEXT = re.compile(rb'"[^"]*"')
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_ALIKE = bytes.maketrans(b"{}", b"[]")


class UnfitError(ValueError):
    """An answer that is not read to its end, and why."""


async def read(response: httpx.Response) -> bytes:
    """Read an answer's content, counting what comes and what it is inflated to.

    Raises:
        UnfitError: It is too large, or encoded in a way that was not asked for.
        httpx.HTTPError: The connection broke, or the encoding is a lie.
    """
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", CODING):
        raise UnfitError(f"encoded as {one_line(coding, 40)}, which was not asked for")
    inflating = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16) if coding == CODING else None
    pieces, came, size = [], 0, 0
    assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - an asynchronous client's is one
    async for piece in response.stream:
        came += len(piece)
        # What follows the end of a compressed content would be kept, and copied with each piece that comes.
        if not (inflating and inflating.eof):
            try:
                pieces.append(inflating.decompress(piece, LARGEST - size + 1) if inflating else piece)
            except zlib.error as error:
                raise httpx.DecodingError(str(error)) from None
            size += len(pieces[-1])
        if max(came, size) > LARGEST:
            raise UnfitError("larger than any real one")
    return b"".join(pieces)


def is_plain(content: bytes) -> bool:
    """Return whether JSON is as deep, and has as many objects, lists and texts, as can be real, without decoding it."""
    # Even to leave the texts out takes memory for each of them.
    if content.count(b'"') > 2 * MOST_TEXTS:
        return False
    structure = _TEXT.sub(b"", content.replace(rb"\\", b"").replace(rb"\"", b"")).translate(_ALIKE, _NO_BRACKETS)
    if len(structure) > 2 * MOST:
        return False
    for _ in range(DEEPEST):
        structure = structure.replace(b"[]", b"")
    return not structure
