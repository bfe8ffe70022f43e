"""The services that Apprise knows, made of addresses; no other module knows Apprise.

Apprise is imported only when there is an address: it takes half a second and 27 MB. An address is a secret, and so is
much of what Apprise and its libraries log; none of it reaches the log.
"""

import logging
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

INSTALL = "{prefix}/bin/pip install -q -c constraints.txt '.[notify]'"
#: What logs while a notice is sent: addresses, their parts, and what servers answer.
_TALKATIVE = ("apprise", "urllib3", "requests", "requests_oauthlib")
_SILENT = logging.CRITICAL + 1
_PLAIN_SCHEME = re.compile("[a-z]{2,20}")


class NotTakenError(Exception):
    """A service did not take a notice; Apprise does not say why."""


class AppriseService:
    """One address; `name` is its scheme, with a number if there are several of the same."""

    def __init__(self, name: str, plugin: Any) -> None:
        self.name = name
        self._plugin = plugin

    def send(self, title: str, body: str) -> None:
        """Send a notice and wait for the answer; Apprise gives up after some seconds without one.

        Raises:
            NotTakenError: The service did not take it.
        """
        if not self._plugin.notify(title=title, body=body):
            raise NotTakenError


def services(urls: Sequence[str]) -> list[AppriseService]:
    """Return the services of addresses without `problems`, in this order."""
    plugins = [_plugin(url) for url in urls]
    assert all(plugins)  # noqa: S101 - such addresses are refused before
    return [AppriseService(name, plugin) for name, plugin in zip(names(urls), plugins, strict=True)]


def names(urls: Sequence[str]) -> list[str]:
    """Return a name for each address without its secrets: the scheme, and a number from the second of the same on."""
    count: Counter[str] = Counter()
    found = []
    for scheme in map(scheme_of, urls):
        count[scheme] += 1
        found.append(scheme if count[scheme] == 1 else f"{scheme} {count[scheme]}")
    return found


def problems(urls: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with addresses, as problems of the configuration; none repeats an address."""
    try:
        if urls:
            _plugin("")
    except ImportError:
        how = INSTALL.format(prefix=sys.prefix)
        yield f"[notify] urls: Apprise, which sends notices, is not installed; type in a clone: {how}"
        return
    for number, url in enumerate(urls, 1):
        if _plugin(url) is None:
            words = f"Apprise does not understand this address, which begins with {scheme_of(url)}://"
            advice = "https://github.com/caronc/apprise/wiki has the form for each service"
            yield f"[notify] urls, entry {number}: {words}; {advice}"


def _plugin(url: str) -> Any:
    """Return what sends to an address, None if Apprise does not understand it; raises `ImportError` without Apprise."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(_SILENT)
    import apprise  # noqa: PLC0415 - see above

    # It keeps no files, and tries once: what is tried again, and when, is decided elsewhere.
    asset = apprise.AppriseAsset(
        app_id="chaport-sync", app_desc="chaport-sync", app_url="", storage_mode=apprise.PersistentStoreMode.MEMORY
    )
    return apprise.Apprise.instantiate(url, asset=asset)


def scheme_of(url: str) -> str:
    """Return the scheme of an address, which says what service it is and is no secret."""
    scheme = url.partition("://")[0].lower()
    # It may be a secret that was pasted into the wrong place.
    return scheme if _PLAIN_SCHEME.fullmatch(scheme) else "unknown"
