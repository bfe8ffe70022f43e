"""`retry` makes parked events due again, and nothing else."""

import pytest

from chaport_sync.cli.retry import run_retry
from chaport_sync.core.ledger import LineState, parked
from chaport_sync.store import Store, StoreError
from tests.commands.asking import Asking
from tests.store.stores import chat, line
from tests.world import World


async def test_what_is_parked(world: World, asking: Asking) -> None:
    """P3: what could not be delivered is counted and named, without its text, and `retry` makes it due."""
    app = await world.start()
    app.store.transcripts.record(chat(case_id="2001"), [parked(line(text="a secret"), "too_long", 5.0), line("e2")])
    told = asking.status()
    assert told["lines"] == {"new": 1, "sending": 0, "done": 0, "parked": 1}
    assert told["parked"] == [
        {"visitor": {"id": "v", "name": "", "email": ""}, "chat": "1", "case": "2001", "error": "too_long"}
    ]
    assert "a secret" not in asking.status_for_people()[1]
    assert run_retry(world.folder / "config.toml", as_json=False) == 0
    due = [each.not_before for each in app.store.transcripts.open_lines(("v", "1")) if each.state is LineState.PARKED]
    assert due == [0.0]


async def test_retry_with_nothing_parked(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to do is said, with the file that was looked into."""
    await world.start()
    run_retry(world.folder / "config.toml", as_json=False)
    assert capsys.readouterr().out.replace("\n", "") == f"Nothing is parked in {world.folder / 'state.db'}."


async def test_retry_makes_no_file(world: World) -> None:
    """P7: a state file that is not there is not made by asking."""
    await world.start()
    await world.stop()
    (world.folder / "state.db").unlink()
    with pytest.raises(StoreError, match="there is no state file"):
        run_retry(world.folder / "config.toml", as_json=False)
    with pytest.raises(StoreError, match="cannot be used"):
        Store.beside(world.folder / "state.db")
