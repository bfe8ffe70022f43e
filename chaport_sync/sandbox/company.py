"""A made-up company, for trying the daemon by hand and for the demo."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

from chaport_sync.sandbox.chaport.people import ChaportPeople
from chaport_sync.sandbox.chaport.records import Bot, Chat, Operator, Visitor
from chaport_sync.sandbox.deskie.records import Channel, Staff
from chaport_sync.sandbox.sandbox import Sandbox

TRAINING = 113808
LUNCH = 120273

_NAMES = (
    ("Ann", "Adler"),
    ("Boris", "Berg"),
    ("Clara", "Cohen"),
    ("Daniel", "Dvorak"),
    ("Elena", "Engel"),
    ("Felix", "Fischer"),
    ("Greta", "Gorin"),
    ("Hugo", "Hansen"),
    ("Irina", "Ivanova"),
    ("Jonas", "Jansen"),
    ("Katya", "Keller"),
    ("Leo", "Lind"),
    ("Mira", "Marek"),
    ("Nikita", "Novak"),
    ("Olga", "Orlova"),
    ("Pavel", "Petrov"),
    ("Rosa", "Rossi"),
    ("Stefan", "Silva"),
    ("Tanya", "Toth"),
    ("Viktor", "Weber"),
)
_PAGES = ("", "pricing", "delivery", "returns", "contact")
QUESTIONS = (
    "Where is my order?",
    "Do you deliver on Sundays?",
    "The code SPRING does not work.",
    "Can I pay by invoice?",
    "My invoice shows the wrong address.",
)
_ON_PRO_PLAN = 10


@dataclass(frozen=True)
class Company:
    """Who was entered; agent and operator of one index are one person."""

    agents: list[Staff]
    operators: list[Operator]
    visitors: list[Visitor]
    bot: Bot
    channel: Channel


def make_company(sandbox: Sandbox, agents: int = 6, visitors: int = 5, seed: int = 1) -> Company:
    """Fill both accounts; equal seeds give equal companies. The own channel is `cch12`.

    The Deskie limit is what a company of this size has on the largest plan (Deskie reference 1.1), at most 1500 a
    minute. No two people of a kind have one name. At least one agent.
    """
    chance = random.Random(seed)
    deskie, chaport = sandbox.deskie, sandbox.chaport
    people = names(chance)
    addressed = [(name, f"{name.replace(' ', '.').lower()}@acme.example") for name in itertools.islice(people, agents)]
    statuses = [1, 1, 1, 2, 3, TRAINING, LUNCH]
    staff = [deskie.add_agent(name, email, chance.choice(statuses)) for name, email in addressed]
    deskie.requests_per_minute = max(20, min(1500, _ON_PRO_PLAN * len(deskie.staff)))
    channel = deskie.add_channel(12, title="Chaport")
    operators = [chaport.add_operator(name, email) for name, email in addressed]
    bot = chaport.add_bot("Robin")
    guests = names(chance)
    seen = [_visit(chaport, next(guests), bot, operators, chance) for _ in range(visitors)]
    return Company(staff, operators, seen, bot, channel)


def _visit(chaport: ChaportPeople, name: str, bot: Bot, operators: list[Operator], chance: random.Random) -> Visitor:
    """A visitor, and as much of a conversation as chance allows."""
    email = chance.choice((None, f"{name.replace(' ', '.').lower()}@mail.example"))
    visitor = chaport.add_visitor(name, email, page=f"https://acme.example/{chance.choice(_PAGES)}")
    steps = conversation(chaport, visitor, bot, chance.choice(operators), chance.choice(QUESTIONS))
    for _ in itertools.islice(steps, chance.randrange(5)):
        pass
    return visitor


def conversation(
    chaport: ChaportPeople, visitor: Visitor, bot: Bot, operator: Operator, question: str
) -> Iterator[Chat]:
    """A whole conversation, one step at a time: the bot greets, the visitor asks, an operator answers and closes."""
    chat = chaport.start_chat(visitor, bot)
    chaport.bot_says(chat, f"Hello, I am {bot.name}, a bot. How can I help?")
    yield chat
    chaport.visitor_says(chat, question)
    chaport.bot_says(chat, "One moment, I am looking for somebody who knows.")
    yield chat
    chaport.operator_joins(chat, operator)
    chaport.operator_says(chat, operator, f"Hello, {operator.name.split()[0]} here. I am looking into it.")
    yield chat
    chaport.close(chat)
    yield chat


def names(chance: random.Random) -> Iterator[str]:
    """First people who share no name with one another, then all other combinations, then the same with a number."""
    pairs: list[str] = []
    for shift in chance.sample(range(len(_NAMES)), len(_NAMES)):
        people = [f"{first} {_NAMES[place - shift][1]}" for place, (first, _) in enumerate(_NAMES)]
        pairs += chance.sample(people, len(people))
    numbered = (f"{pair} {number}" for number in itertools.count(2) for pair in pairs)
    return itertools.chain(pairs, numbered)
