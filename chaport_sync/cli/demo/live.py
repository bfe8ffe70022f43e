"""The demo's live view: both services side by side, what happens now, and what the daemon logs."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from chaport_sync.cli.demo.log_lines import clock_face, details, is_of_interest
from chaport_sync.sandbox.story.play import Play
from chaport_sync.sandbox.story.script import END
from chaport_sync.sandbox.story.stage import AGENTS, Stage

#: The rows of the title, the story, three headings and the people.
_FIXED_ROWS = 1 + 2 + 3 + len(AGENTS)
#: The fewest and the most rows of the log, and the rows of the conversation before the log gets more than the fewest.
_LOG_ROWS, _LONGEST_LOG, _WANTED_ROWS = 6, 12, 14
#: How long a new line is marked (seconds).
_NEW = 2.0
_DAY = 86400

_STYLES = {
    "online": "green",
    "away": "yellow",
    "offline": "dim",
    "open": "green",
    "waiting": "yellow",
    "customer": "cyan",
    "visitor": "cyan",
    "note": "magenta",
    "bot": "magenta",
    "operator": "green",
    "agent": "green",
    "warning": "yellow",
    "error": "red",
}
_STAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ")


class LiveView:
    """Fills a terminal of any size; afterwards the terminal shows its former content again."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, screen=True, auto_refresh=False)
        self._log: deque[tuple[float, dict[str, Any]]] = deque(maxlen=_LONGEST_LOG)
        self._graces: dict[str, float] = {}

    @contextmanager
    def on_stage(self) -> Iterator[None]:
        """Use the terminal while the block runs."""
        with self._live:
            yield

    def show(self, play: Play) -> None:
        """Draw the present state."""
        self._live.update(self.picture(play, self._console.height), refresh=True)

    def tell(self, at: float, event: dict[str, Any]) -> None:
        """Record a log event, and begin or end an operator's countdown of the grace."""
        name, who = event.get("event"), str(event.get("operator"))
        if name == "status.grace_started":
            self._graces[who] = float(event["until"])
        elif name in ("status.grace_cancelled", "status.changed"):
            self._graces.pop(who, None)
        if is_of_interest(event):
            self._log.append((at, event))

    def picture(self, play: Play, height: int) -> RenderableType:
        """Return the picture for a terminal of this height (at least 24 rows); it uses all rows."""
        stage = play.stage
        spare = height - _FIXED_ROWS
        log_rows = max(_LOG_ROWS, min(_LONGEST_LOG, spare - _WANTED_ROWS))
        rows = max(1, spare - log_rows)
        people = [(_agent(stage, name), _bold("→"), self._operator(stage, name)) for name in AGENTS]
        both = zip_longest(_last(_case_lines(stage), rows), _last(_chat_lines(stage), rows), fillvalue=Text())
        conversation = [(left, Text(), right) for left, right in both]
        conversation += [(Text(), Text(), Text())] * (rows - len(conversation))
        return Group(
            _title(play),
            Padding(self._two_rows(play.scene.words), (0, 1)),
            _sides([(_deskie_heading("Deskie agents", stage), Text(), _heading("Chaport operators"))], 2, 3),
            _sides(people, 2, 3),
            _sides([(_case_heading(stage), Text(), _chat_heading(stage))], 1, 1),
            _sides(conversation, 1, 1),
            _sides([(_heading("Log of the daemon"),)], 1),
            _sides([(self._entry(at, event),) for at, event in list(self._log)[-log_rows:]], 1),
        )

    def _two_rows(self, words: str) -> Text:
        """Return the words on exactly two rows, so that nothing below them moves."""
        text = Text(words, style="bold")
        rows = len(text.wrap(self._console, self._console.width - 2))
        return text.append("\n" * (2 - rows))

    def _operator(self, stage: Stage, name: str) -> Text:
        status, left = stage.status(name), stage.lease_left(name)
        text = _line_of((f"{name:<8}", ""), (f"{'○' if status == 'offline' else '●'} {status:<9}", _STYLES.get(status)))
        if left:
            text.append(f"lease {left:2.0f} s  " if left < _DAY / 2 else "for a day  ", "dim")
        until = self._graces.get(stage.operators[name].email)
        if until is not None and status != "offline":
            text.append(f"offline in {max(0.0, until - stage.sandbox.now().timestamp()):.0f} s", "bold yellow")
        return text

    def _entry(self, at: float, event: dict[str, Any]) -> Text:
        style = _STYLES.get(str(event.get("level")), "")
        return _line_of(
            (f"{clock_face(at)}  ", "dim"), (f"{event.get('event'):<23}", style), (details(event, "→"), style or "dim")
        )


def _title(play: Play) -> RenderableType:
    grid = Table.grid(expand=True, padding=(0, 1), pad_edge=True)
    grid.add_column(ratio=1)
    grid.add_column(width=20)
    grid.add_column()
    elapsed = min(play.stage.elapsed, END)
    bar = ProgressBar(total=END, completed=elapsed, complete_style="green", finished_style="green")
    missed = sum(not verdict.seen for verdict in play.verdicts)
    score = (
        (f"{missed} missed", "bold red") if missed else (f"{len(play.verdicts)} of {len(play.expectations)} seen", "")
    )
    face = _line_of((f"{clock_face(elapsed)} of {clock_face(END)} · ", ""), score)
    grid.add_row(_line_of(("chaport-sync", "bold green"), (" demo", "bold")), bar, face)
    return grid


def _agent(stage: Stage, name: str) -> Text:
    agent = stage.agents[name]
    word = next(status.name for status in stage.sandbox.deskie.statuses if status.id == agent.status_id)
    return _line_of((f"{name:<8}", ""), (word, {1: "green", 2: "dim"}.get(agent.status_id, "yellow")))


def _deskie_heading(words: str, stage: Stage) -> RenderableType:
    return _heading(words, "down", "bold red") if stage.deskie_is_down else _heading(words)


def _case_heading(stage: Stage) -> RenderableType:
    case = stage.case
    if case is None:
        return _deskie_heading("Deskie: no case yet", stage)
    if stage.deskie_is_down:
        return _deskie_heading("Deskie case", stage)
    word = "waiting (pending)" if case.status == "waiting" else case.status
    return _heading("Deskie case", word, f"bold {_STYLES.get(case.status, '')}")


def _chat_heading(stage: Stage) -> RenderableType:
    if stage.chat is None:
        return _heading("Chaport: no chat yet")
    names = {stage.bot.id: f"{stage.bot.name}, a bot", **{each.id: each.name for each in stage.operators.values()}}
    return _heading("Chaport chat", f"Mary and {names[stage.chat.operators[0]]}", "bold")


def _case_lines(stage: Stage) -> Iterator[Text]:
    """Return each line of each message, with the message's form; times in notes are left out to save space."""
    for message in stage.case.messages if stage.case else ():
        style = _STYLES.get(message.form, "red")
        new = (stage.sandbox.now() - message.created_at).total_seconds() < _NEW
        for number, line in enumerate(message.lines):
            heads = message.form == "note" and not _STAMP.match(line)
            words = _STAMP.sub("", line)
            form = message.form if number == 0 else ""
            yield _line_of((f"{form:<9}", style), (words, "bold" if new else "dim" if heads else ""))


def _chat_lines(stage: Stage) -> Iterator[Text]:
    names = {stage.bot.id: stage.bot.name, **{each.id: each.name for each in stage.operators.values()}}
    for event in stage.chat.events if stage.chat else ():
        new = (stage.sandbox.now() - event.at).total_seconds() < _NEW
        if event.author == "system":
            yield _line_of((f"{names.get(str(event.params.get('operatorId')), 'somebody')} joins", "italic"))
        else:
            who = names.get(event.author_id, "Mary")
            yield _line_of((f"{who}: ", _STYLES.get(event.author)), (event.text, "bold" if new else ""))


def _sides(rows: Iterable[Sequence[RenderableType]], *ratios: int) -> Table:
    """Put cells side by side, with a narrow column for arrows between two of them."""
    grid = Table.grid(expand=True, padding=(0, 1), pad_edge=True)
    for number, ratio in enumerate(ratios):
        if number:
            grid.add_column(width=1)
        grid.add_column(ratio=ratio, no_wrap=True)
    for row in rows:
        grid.add_row(*row)
    return grid


def _heading(words: str, more: str = "", style: str = "") -> Rule:
    title = _line_of((words, "bold"), (f" · {more}" if more else "", style))
    return Rule(title, align="left", style="dim")


def _bold(text: str) -> Text:
    return Text(text, style="bold")


def _line_of(*parts: tuple[str, str | None]) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    for part, style in parts:
        text.append(part, style or None)
    return text


def _last(lines: Iterable[Text], count: int) -> list[Text]:
    return list(deque(lines, maxlen=count))
