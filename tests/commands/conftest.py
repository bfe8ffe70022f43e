"""What tests of the commands ask for."""

import pytest

from tests.commands.asking import Asking
from tests.world import World


@pytest.fixture
def asking(world: World, capsys: pytest.CaptureFixture[str]) -> Asking:
    """The commands, on the world's state file."""
    return Asking(world, capsys)
