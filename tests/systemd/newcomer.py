"""Somebody who answers the questions of `init` on the machine, and lets it start the service."""

from chaport_sync.sandbox import Sandbox
from chaport_sync.sandbox.serving import Urls
from tests.processes.terminal import dialogue, terminal
from tests.systemd.machine import Machine


async def set_up(machine: Machine, program: str, sandbox: Sandbox, urls: Urls) -> str:
    """Answer all questions about these accounts, and return what was to be seen."""
    # A session of its own, whose terminal is where the keys are typed.
    command = machine.command("setsid", "--ctty", "--wait", program, "init")
    async with terminal(*command, environ=machine.environ) as shown:
        for question, text in dialogue(sandbox, urls):
            await shown.type_at(question, text)
        await shown.type_at("Install the service and start it now? [yes]:", "\r")
        assert await shown.ended() == 0, shown.seen
    return shown.seen
