"""Parts of paths, and links that lead nowhere else (P6)."""

from urllib.parse import quote, urljoin, urlsplit


def path_part(identity: str) -> str:
    """Return an id as one part of a path, with every special character escaped."""
    return quote(identity, safe="", errors="replace")


def within(base: str, link: str) -> str | None:
    """Return the path and query of a link below a base, None if it leads anywhere else."""
    try:
        target = urlsplit(urljoin(base + "/", link))
        same = _origin(target.geturl()) == _origin(base)
    except ValueError:
        return None
    begin = urlsplit(base).path
    if not same or not target.path.startswith(begin + "/") or "/.." in target.path:
        return None
    path = target.path[len(begin) :]
    return f"{path}?{target.query}" if target.query else path


def _origin(url: str) -> tuple[str, str | None, int | None]:
    place = urlsplit(url)
    return place.scheme, place.hostname, place.port or {"https": 443, "http": 80}.get(place.scheme)
