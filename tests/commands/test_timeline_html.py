"""`timeline --html`: the picture as a page of its own."""

from pathlib import Path

import click
import pytest

from tests.commands.asking import Asking
from tests.statuses.steps import settled
from tests.web.reading import text_of
from tests.world import World


async def test_a_page(world: World, asking: Asking) -> None:
    """It begins with the answer, has a row of each operator, replaces a file that is there, and is for its owner."""
    world.pair("<b>Ann</b>")
    await settled(world)
    world.wait(10)
    file = world.folder / "page.html"
    file.write_text("old")
    assert asking.timeline_as_html(file) == f"{file} is written; it shows when people work, so only you may read it.\n"
    assert file.stat().st_mode & 0o777 == 0o600
    lines = text_of(file.read_text()).splitlines()
    assert lines[2].startswith("The chat is on the website ")
    assert {"Website", "<b>Ann</b>"} <= set(lines)
    assert "<b>Ann</b>" not in file.read_text()
    assert asking.timeline_as_html(Path("-")).startswith("<!doctype html>")


@pytest.mark.parametrize("name", ["nowhere/page.html", "."])
async def test_a_file_that_cannot_be_written(world: World, asking: Asking, name: str) -> None:
    """It says which file, and why; nothing is left beside it."""
    world.pair("Ann")
    await settled(world)
    file = world.folder / name
    before = sorted(world.folder.iterdir())
    with pytest.raises(click.ClickException, match="cannot be written"):
        asking.timeline_as_html(file)
    assert sorted(world.folder.iterdir()) == before
