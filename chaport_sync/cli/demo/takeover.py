"""The story of a take-over: two workers share accounts, and one is killed in the middle of a talk (K1, K3, K5)."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TextIO

from chaport_sync.cli.demo.log_lines import clock_face, details
from chaport_sync.cli.demo.workers import OUTPUT, Worker, write_accounts, write_shared
from chaport_sync.sandbox import Sandbox
from chaport_sync.sandbox.story import expectations as seen
from chaport_sync.sandbox.story.play import Verdict
from chaport_sync.sandbox.story.script import Expectation
from chaport_sync.sandbox.story.stage import AGENTS, ONLINE, Stage

ACCOUNTS = ("acme", "beta", "gamma", "delta")
#: The account of the talk.
TALK = "acme"
GREETING, QUESTION, BOT_ANSWER = "How can I help?", "Where is my order 1044?", "I'll get Ann."
ANSWER, LAST_WORDS, MEANWHILE = "It left this morning.", "When will it arrive?", "Are you still there?"

#: Of all that the workers log, what tells the story.
TOLD = (
    *("cluster.lost", "account.taken", "account.released"),
    *("case.opened", "delivery.sent", "delivery.unclear", "delivery.confirmed"),
    OUTPUT,
)
#: What is waited for comes within so long also on a busy machine, and a take-over takes so long at most (seconds).
PATIENCE, TAKE_OVER = 60.0, 5.0
LOOK = 0.05


async def perform(folder: Path, database: str, pause: float, out: TextIO) -> list[Verdict]:
    """Play the story to its end, and return what became of each expectation.

    Args:
        folder: Where the configurations go.
        database: The URL of an empty database.
        pause: Between two lines of the talk (seconds).
        out: Where the story is told.
    """
    async with _on_stage(folder, database, pause, out) as story:
        await story.begins()
        await story.a_bot_answers()
        await story.a_worker_is_killed()
        await story.the_talk_goes_on()
        return story.verdicts


class Story:
    """What happens, told line by line, and what must come of it."""

    def __init__(self, stages: dict[str, Stage], pause: float, out: TextIO) -> None:
        self.verdicts: list[Verdict] = []
        self.workers: list[Worker] = []
        self.stages = stages
        self.stage = stages[TALK]
        self._pause = pause
        self._out = out

    async def begins(self) -> None:
        """The workers share the accounts, and everybody comes online."""
        self._tell("PostgreSQL runs. Two workers start, and share four accounts with four agents each.")
        await self._expect("Both workers start, and have two accounts each", self._not_shared)
        await self._expect("All agents are online: so are their operators", self._not_online)
        self._began = self.stage.elapsed

    async def a_bot_answers(self) -> None:
        """A visitor talks with a bot."""
        self.stage.visitor_comes("Mary", GREETING)
        await self._tell_slowly(f"Mary opens the chat of {TALK}, and Robin, a bot, greets her.")
        self.stage.visitor_says(QUESTION)
        await self._tell_slowly(f"Mary: {QUESTION}")
        self.stage.bot_says(BOT_ANSWER)
        await self._tell_slowly(f"Robin: {BOT_ANSWER}")
        await self._expect("Mary's question opens a case", lambda: seen.case_opened_by(QUESTION)(self.stage))
        await self._expect("The bot's words are notes in it", lambda: seen.notes(GREETING, BOT_ANSWER)(self.stage))
        self.stage.joins("Ann")
        await self._says("Ann", ANSWER)
        await self._until(self._not_whole)

    async def a_worker_is_killed(self) -> None:
        """The worker dies at the worst moment: Deskie has the words, and the worker does not know it yet."""
        killed = self._holder(TALK)
        if killed is None:
            self._judge(f"A worker has {TALK}", f"nobody has {TALK}")
            return
        (other,) = (each for each in self.workers if each is not killed)
        theirs = sorted(killed.holds)
        self.stage.sandbox.faults.add("late_effect", side="deskie", method="POST", path="/messages", delay=0.0)
        await self._says("Mary", LAST_WORDS)
        await self._until(self._not_whole)
        await killed.kill()
        at = time.monotonic()
        self._tell(f"Worker {killed.name}, which has {' and '.join(theirs)}, is killed (SIGKILL) while it sends that.")
        self.stage.visitor_says(MEANWHILE)
        self._tell(f"Mary: {MEANWHILE}", "Nobody works on her chat at this moment.")
        left = await self._until(lambda: ", ".join(set(theirs) - other.holds))
        took = time.monotonic() - at
        words = f"Worker {other.name} goes on with its accounts, after {took:.1f} s"
        self._tell(f"{words}.")
        late = f"it took longer than {TAKE_OVER:g} s" if took > TAKE_OVER else ""
        self._judge(words, f"nobody goes on with {left}" if left else late)

    async def the_talk_goes_on(self) -> None:
        """The talk ends well, and what stands in the case is compared with it."""
        await self._says("Ann", "Tomorrow before noon.")
        await self._says("Mary", "After 2 pm, please.")
        await self._says("Ann", "Done, 2 to 4 pm.")
        await self._says("Mary", "Thanks a lot!")
        self._tell("What may have arrived before the kill is looked for in the case before it is sent again.")
        await self._expect("The talk since her question is in her case, in order, once", self._not_whole)
        offline = [f"{name}: {words}" for name, stage in self.stages.items() if (words := self._was_offline(stage))]
        self._judge("No operator of any account was offline meanwhile", "; ".join(offline))
        self._tell("That is the end. All of it stops.")

    def hear(self, worker: str, event: dict[str, Any]) -> None:
        """Tell what a worker logs, if it belongs to the story."""
        if event["event"] in TOLD:
            fields = {key: value for key, value in event.items() if key not in ("account", "last")}
            account = event.get("account", "")
            self._tell(f"    {worker}  {event['event']:<18}  {account:<5}  {details(fields)}".rstrip())

    async def _says(self, who: str, text: str) -> None:
        if who in AGENTS:
            self.stage.operator_says(who, text)
        else:
            self.stage.visitor_says(text)
        await self._tell_slowly(f"{who}: {text}")

    async def _tell_slowly(self, words: str) -> None:
        self._tell(words)
        await asyncio.sleep(self._pause)

    def _tell(self, *sentences: str) -> None:
        self._out.write(f"{clock_face(self.stage.elapsed)}  {'  '.join(sentences)}\n")
        self._out.flush()

    async def _expect(self, words: str, instead: Callable[[], str]) -> None:
        """Wait until nothing is seen instead of what is expected, and record it."""
        self._judge(words, await self._until(instead))

    async def _until(self, instead: Callable[[], str]) -> str:
        over = time.monotonic() + PATIENCE
        while (found := instead()) and time.monotonic() < over:  # noqa: ASYNC110 - another process's doing
            await asyncio.sleep(LOOK)
        return found

    def _judge(self, words: str, instead: str) -> None:
        now = self.stage.elapsed
        expectation = Expectation(words, now, now, lambda _: instead)
        self.verdicts.append(Verdict(expectation, None if instead else now, instead))

    def _holder(self, account: str) -> Worker | None:
        return next((each for each in self.workers if account in each.holds), None)

    def _not_shared(self) -> str:
        shares = [len(each.holds) for each in self.workers]
        half = len(ACCOUNTS) // len(self.workers)
        return "" if shares == [half] * len(shares) else f"they have {' and '.join(map(str, shares))}"

    def _not_online(self) -> str:
        instead = {name: seen.online_on_lease(*AGENTS)(stage) for name, stage in self.stages.items()}
        return "; ".join(f"{name}: {words}" for name, words in instead.items() if words)

    def _was_offline(self, stage: Stage) -> str:
        return seen.online_throughout(self._began, *AGENTS)(stage)

    def _not_whole(self) -> str:
        return seen.once_and_in_order(QUESTION)(self.stage)


@asynccontextmanager
async def _on_stage(folder: Path, database: str, pause: float, out: TextIO) -> AsyncIterator[Story]:
    """Serve the accounts, and start the workers; all of it ends with the block."""
    async with AsyncExitStack() as stack:
        stages, urls = {}, {}
        for name in ACCOUNTS:
            sandbox = Sandbox()
            sandbox.chaport.token = f"token-of-{name}"
            stages[name] = Stage(sandbox)
            stages[name].takes(ONLINE, *AGENTS)
            urls[name] = await stack.enter_async_context(sandbox.serve())
        write_accounts(folder, stages, urls)
        observing = asyncio.create_task(_observe(stages))
        stack.callback(observing.cancel)
        story = Story(stages, pause, out)
        for name in ("one", "two"):
            worker = Worker(name, write_shared(folder, name, database), story.hear)
            story.workers.append(worker)
            stack.push_async_callback(worker.stop)
            await worker.start()
        yield story


async def _observe(stages: dict[str, Stage]) -> None:
    while True:
        for stage in stages.values():
            stage.observe()
        await asyncio.sleep(LOOK)
