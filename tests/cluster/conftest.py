"""One server for the tests of one process, and a database of its own for each test."""

from collections.abc import Iterator

import pytest

from tests.cluster.postgres import Postgres, Unavailable, postgres


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """The server; the tests are skipped where there can be none."""
    try:
        with postgres() as running:
            yield running
    except Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture
def url(server: Postgres) -> str:
    """The URL of a database that is empty."""
    return server.fresh()
