"""`init` at a real terminal: what a person sees, and Ctrl-C."""

from pathlib import Path

import pytest

from tests.processes.terminal import PROGRAM, company_of_ann, dialogue, terminal

pytestmark = pytest.mark.processes


def names(folder: Path) -> set[str]:
    """Return what is in a folder."""
    return {each.name for each in folder.iterdir()}


async def test_no_secret_is_seen(tmp_path: Path) -> None:
    """P6: the whole dialogue shows no key, and ends with the files."""
    sandbox = company_of_ann()
    async with sandbox.serve() as urls, terminal(*PROGRAM, "--config", str(tmp_path / "config.toml"), "init") as shown:
        for question, text in dialogue(sandbox, urls):
            await shown.type_at(question, text)
        assert await shown.ended() == 0
    for secret in (sandbox.deskie.api_key, sandbox.chaport.token):
        assert secret not in shown.seen
    assert names(tmp_path) == {"config.toml", "deskie_api_key", "chaport_token"}


@pytest.mark.parametrize("answered", [0, 2, 10], ids=["the first", "a secret", "the last"])
async def test_ctrl_c(tmp_path: Path, answered: int) -> None:
    """P7: Ctrl-C at a question leaves nothing, says so, and shows no traceback."""
    sandbox = company_of_ann()
    async with sandbox.serve() as urls, terminal(*PROGRAM, "--config", str(tmp_path / "config.toml"), "init") as shown:
        questions = dialogue(sandbox, urls)
        for question, text in questions[:answered]:
            await shown.type_at(question, text)
        await shown.interrupt_at(questions[answered][0], "Nothing was written.")
        assert await shown.ended() == 130
    assert "Nothing was written." in shown.seen
    assert "Traceback" not in shown.seen
    assert names(tmp_path) == set()
