"""Asking the daemon's endpoint over real HTTP, while virtual time stands still."""

import socket
import urllib.error
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

Samples = dict[tuple[str, ...], float]


def free_port() -> int:
    """Return a port of this machine on which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def get(port: int, path: str) -> tuple[int, str]:
    """Return the status and the text of an answer; raises `URLError` if nothing listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def samples_in(text: str) -> Samples:
    """Return the figures of an answer, by the name without `chaport_sync_` and the values of labels in their order."""
    return {
        (
            sample.name.removeprefix("chaport_sync_"),
            *(value for _, value in sorted(sample.labels.items())),
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scrape(port: int) -> Samples:
    """Return the figures that are served."""
    return samples_in(get(port, "/metrics")[1])
