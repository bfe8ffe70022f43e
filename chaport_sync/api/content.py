"""Reads an answer's bytes within bounds, so that no answer can fill this machine's memory."""

import re
import zlib

import httpx

from chaport_sync.core.text import one_line

#: An answer larger than this is not read to its end (bytes).
LARGEST = 16 * 1024 * 1024
#: The only content coding that is requested. Several layers, or other codings, can make an answer a million times as
#: large before its size is known.
CODING = "gzip"
#: No real answer is nested deeper; code that walks through an answer may rely on that.
DEEPEST = 64
#: No real answer has more objects and lists, or more texts.
MOST_CONTAINERS, MOST_TEXTS = 500_000, 1_000_000

_TEXT = re.compile(rb'"[^"]*"')
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_AS_SQUARE = bytes.maketrans(b"{}", b"[]")


class UnfitError(ValueError):
    """The reason why an answer is not read to its end."""


async def read(response: httpx.Response) -> bytes:
    """Return an answer's content; its size is bounded as it arrives and as it is decompressed.

    Raises:
        UnfitError: The content is too large, or its coding was not requested.
        httpx.HTTPError: The connection broke, or the content is not in the coding that its header names.
    """
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", CODING):
        raise UnfitError(f"encoded as {one_line(coding, 40)}, which was not asked for")
    inflating = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16) if coding == CODING else None
    pieces, came, size = [], 0, 0
    assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - an asynchronous client's is one
    async for piece in response.stream:
        came += len(piece)
        # zlib keeps the bytes after the end of the content, and would copy them with each further piece.
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
    """Return whether JSON is within the bounds of depth and numbers above, without decoding it."""
    # Removing the texts takes memory for each of them, so they are counted first.
    if content.count(b'"') > 2 * MOST_TEXTS:
        return False
    structure = _TEXT.sub(b"", content.replace(rb"\\", b"").replace(rb"\"", b"")).translate(_AS_SQUARE, _NO_BRACKETS)
    if len(structure) > 2 * MOST_CONTAINERS:
        return False
    for _ in range(DEEPEST):
        structure = structure.replace(b"[]", b"")
    return not structure
