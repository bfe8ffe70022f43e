"""The page of a running daemon, over real HTTP."""

import asyncio
import re

from tests.daemon.fleets import Fleet, fleet
from tests.daemon.test_watched_accounts import served
from tests.scraping import get
from tests.web.reading import text_of
from tests.world import World


async def test_one_of_many(world: World, port: int) -> None:
    """F5: the account that cannot run comes first, with why; each other one has a page of what its state file says."""

    def prepare(found: Fleet) -> None:
        served(port)(found)
        del found.settings["beta"]
        found.rejected["beta"] = ("beta.toml: [deskie] email: is missing",)

    async with fleet(world, prepare):
        await asyncio.sleep(60)
        code, html = get(port, "/")
        lines = text_of(html).splitlines()
        assert (code, lines[2]) == (200, "2 of 3 accounts are well.")
        told = [line for line in lines if line.startswith(("acme", "beta", "gamma"))]
        assert told[0] == "beta | down | not known |  |  | beta.toml: [deskie] email: is missing"
        assert told[1].startswith("acme | ok | 1 of 1 | 0 | 0 | statuses ok")
        code, html = get(port, "/accounts/acme")
        assert code == 200
        assert re.search(r"The chat is on the website .*: Ann is online\.", text_of(html))
        assert [get(port, path)[0] for path in ("/accounts/beta", "/accounts/delta")] == [503, 404]
