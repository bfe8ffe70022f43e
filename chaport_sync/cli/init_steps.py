"""The questions of `init`, step by step: each step reads what the next one proposes."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from chaport_sync.api.errors import ApiError, Unauthorised
from chaport_sync.cli.interview import Answering
from chaport_sync.cli.output import named, print_table, progress, say
from chaport_sync.config import Loaded
from chaport_sync.config.rules import pairing_rules
from chaport_sync.config.sources import Key
from chaport_sync.config.values import time_zone
from chaport_sync.core.model import Agent, Operator
from chaport_sync.core.statuses.history import person
from chaport_sync.core.text import one_line
from chaport_sync.core.wording import number
from chaport_sync.setup import questions
from chaport_sync.setup.document import KeyPath, value_at
from chaport_sync.setup.gather import HelpDesk, read_help_desk, read_operators
from chaport_sync.setup.pairing import acquaint, as_pair, typed_pair
from chaport_sync.setup.place import Place
from chaport_sync.setup.questions import Question

API_KEY, TOKEN = ("deskie", "api_key"), ("chaport", "token")
#: The most people that are listed; a larger account is not read at a glance anyway.
LISTED = 30

Found = TypeVar("Found")


@dataclass
class Answers:
    """What was answered: values by their keys, secrets, and the names of the account's statuses."""

    values: dict[KeyPath, Any] = field(default_factory=dict)
    secrets: dict[Key, str] = field(default_factory=dict)
    statuses: Mapping[int, str] = field(default_factory=dict)


def ask_everything(place: Place, answering: Answering) -> Answers:
    """Ask all questions; what is there already is their default.

    Raises:
        ConfigError: What is there is wrong in a key that is not asked for.
        ApiError: As `Answering.refused`.
    """
    present, answers = place.present(), Answers()
    answering.need(*_deskie_questions(place), *_chaport_questions(place))
    if answering.is_person:
        say(f"This sets up {place.file}. Enter takes what stands in [brackets]. Ctrl-C ends, and nothing is written.")
    answers.values |= {path: value for path, value in answering.further().items() if path not in (API_KEY, TOKEN)}
    desk = _ask_deskie(place, answering, answers)
    operators = _ask_chaport(place, answering, answers)
    answers.statuses = desk.statuses
    if present.settings.cases.create:
        _ask_channel(place, answering, answers, desk)
    if present.settings.status.enabled:
        _ask_statuses(answering, answers, desk, present)
        if answering.is_person:
            _ask_pairs(place, answering, answers, desk, operators, present)
    if answers.values.get(("transcripts", "enabled"), present.settings.transcripts.enabled):
        _say_heading("Chats in Deskie")
        machine = time_zone("")[1]
        _put(answering, answers, questions.time_zone(present.settings.transcripts.timezone, machine))
        _put(answering, answers, questions.setting("cases", "language", present.settings.cases.language))
        if present.settings.cases.create:
            _put(answering, answers, questions.switch("replies", "enabled", default=present.settings.replies.enabled))
    return answers


def _deskie_questions(place: Place) -> list[Question]:
    table, key = place.table, place.secrets[API_KEY]
    url, email = (questions.setting("deskie", each, value_at(table, ("deskie", each))) for each in ("url", "email"))
    return [url, email, questions.setting(*API_KEY, key or None)]


def _chaport_questions(place: Place) -> list[Question]:
    present = value_at(place.table, ("chaport", "url")) or place.present().settings.chaport.url
    return [questions.setting("chaport", "url", present), questions.setting(*TOKEN, place.secrets[TOKEN] or None)]


def _ask_deskie(place: Place, answering: Answering, answers: Answers) -> HelpDesk:
    """Ask for the help desk's address and credentials until they work."""
    _say_heading("Deskie, the help desk")
    (url, email, key), found = _until_it_answers("Deskie", answering, _deskie_questions(place), read_help_desk)
    say(f"  Deskie answers: {number(len(found.agents), 'agent', 'agents')}.", "green")
    for words in found.unread:
        say(f"  {words}", "yellow")
    answers.values |= {("deskie", "url"): url, ("deskie", "email"): email}
    answers.secrets[API_KEY] = key
    return found


def _ask_chaport(place: Place, answering: Answering, answers: Answers) -> tuple[Operator, ...]:
    """Ask for the live chat's address and token until they work."""
    _say_heading("Chaport, the live chat")
    (url, token), found = _until_it_answers("Chaport", answering, _chaport_questions(place), read_operators)
    say(f"  Chaport answers: {number(len(found), 'operator', 'operators')}.", "green")
    answers.values["chaport", "url"] = url
    answers.secrets[TOKEN] = token
    return found


def _until_it_answers(
    service: str, answering: Answering, every: list[Question], read: Callable[..., Coroutine[Any, Any, Found]]
) -> tuple[Iterable[str], Found]:
    """Ask these questions until the service can be read with the answers; return the answers and what was read."""
    asked, given = every, dict[str, str]()
    while True:
        given |= {each.prompt: answering.ask(each) for each in asked}
        try:
            with progress(f"Asking {service} …"):
                return given.values(), asyncio.run(read(*given.values()))
        except ApiError as error:
            answering.refused(error)
            asked = _once_more(every, given, error)


def _once_more(every: list[Question], given: Mapping[str, Any], error: ApiError) -> list[Question]:
    """Return which of all questions are to be asked again, with what was answered as the default.

    If the login is refused, the address is right, and the secret has no default.
    """
    refused = isinstance(error, Unauthorised)
    return [
        replace(each, default=None if each.secret and refused else given[each.prompt])
        for each in every
        if not (refused and each.prompt == "url")
    ]


def _ask_channel(place: Place, answering: Answering, answers: Answers, desk: HelpDesk) -> None:
    path = ("transcripts", "enabled")
    off = value_at(place.table, path) is False
    if answers.values.get(path) is False:
        return
    _say_heading("The channel in Deskie")
    preferred = questions.recommended(desk.channels)
    rows = [
        (
            each.key,
            one_line(each.title, 40),
            each.kind if each.active else f"{each.kind}, switched off",
            _advice(each.key, preferred),
        )
        for each in sorted(desk.channels, key=lambda each: each.key)
    ]
    words = "There is no custom channel yet. Make one of the async kind in Deskie, then begin again; or take none."
    print_table(("Channel", "Title", "Kind", ""), rows, empty="" if desk.unread else words)
    default = questions.NO_CHANNEL if off else value_at(place.table, ("cases", "channel"))
    channel = answering.ask(questions.channel(desk.channels, default))
    if channel == questions.NO_CHANNEL:
        answers.values.pop(("cases", "channel"), None)
        answers.values[path] = False
        return
    answers.values["cases", "channel"] = channel
    if off:
        answers.values[path] = True
    if any(each.key == channel and each.kind == "sync" for each in desk.channels):
        say(
            "  It is a sync channel: Deskie opens its pending cases after ten minutes. An async one is better.",
            "yellow",
        )


def _advice(key: str, preferred: str | None) -> str:
    return "recommended" if key == preferred else ""


def _ask_statuses(answering: Answering, answers: Answers, desk: HelpDesk, present: Loaded) -> None:
    status = present.settings.status
    there = {str(number): word for number, word in status.map.items()} | dict(present.statuses)
    asked = questions.statuses(desk.statuses, desk.agents, there, status.default)
    if not asked:
        return
    _say_heading("What each status of your own means for the operator")
    say("online, invisible, offline, or keep: leave the operator as it is.")
    for question in asked:
        _put(answering, answers, question)
    # A status that the file calls by its name is now there by its id.
    answers.values |= {("status", "map", name): None for name in present.statuses}


def _ask_pairs(
    place: Place,
    answering: Answering,
    answers: Answers,
    desk: HelpDesk,
    operators: tuple[Operator, ...],
    present: Loaded,
) -> None:
    own = answers.values["deskie", "email"]
    rules = replace(pairing_rules(present.settings), own_email=own)
    found = acquaint(desk.agents, operators, rules)
    _say_heading("Agents and their operators")
    rows = [(named(person(agent)), named(person(operator))) for agent, operator in found.paired]
    print_table(("Agent", "Operator"), rows[:LISTED], empty="No agent has the e-mail address of an operator.")
    if len(rows) > LISTED:
        say(f"… and {len(rows) - LISTED} more.")
    if not found.alone:
        return
    new = []
    for agent, operator in found.proposed:
        words = f"{named(person(agent))} and the operator {named(person(operator))} have the same name."
        question = Question(
            ("agents", "pairs"), words, questions.yes_or_no, default=True, prompt="Do they belong together?"
        )
        if answering.ask(question):
            new.append(as_pair(agent, operator))
    taken = {name for pair in new for name in pair.values()}
    left, free = (_without(each, taken) for each in (found.alone, found.free))
    if left:
        say(f"Agents without an operator: {left}.")
        say(f"Operators without an agent: {free or 'none'}. An operator may have several agents.")
        question = Question(
            ("agents", "pairs"),
            "Type a pair, agent = operator, by e-mail address or id; Enter for no more.",
            lambda answer: typed_pair(answer, desk.agents, operators),
            default="",
            prompt="pair",
        )
        while (pair := answering.ask(question)) is not None:
            new.append(pair)
            question = replace(question, words="")
    if new:
        answers.values["agents", "pairs"] = [*(value_at(place.table, ("agents", "pairs")) or []), *new]


def _without(people: Iterable[Agent | Operator], taken: Collection[str]) -> str:
    """Return the addresses of people who are not taken, or their ids; of a large account the first ones."""
    left = [name for each in people if (name := each.email or each.id) not in taken]
    return ", ".join(left[:LISTED]) + (f" and {len(left) - LISTED} more" if len(left) > LISTED else "")


def _put(answering: Answering, answers: Answers, question: Question) -> None:
    answers.values[question.key] = answering.ask(question)


def _say_heading(words: str) -> None:
    say(f"\n{words}", "bold")
