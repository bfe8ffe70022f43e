"""Nothing in the report tells who people are or what they wrote."""

import asyncio
import itertools
from typing import Any

import pytest

from chaport_sync.sandbox.deskie.records import Attachment
from tests.report.reporting import Reporting
from tests.virtual_time import JumpingLoop
from tests.world import World


class Canaries:
    """Makes words that occur nowhere else, and remembers them."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def __call__(self, about: str) -> str:
        """Return a new word about something."""
        self.words.append(f"zq{about}{len(self.words):02d}x")
        return self.words[-1]

    def mail(self, about: str) -> str:
        """Return a new address."""
        return f"{self(about)}@{self('host')}.example"

    def number(self) -> str:
        """Return a new number that may stand for a person."""
        self.words.append(f"90{5327000 + len(self.words) * 7919}")
        return self.words[-1]


def _fill(world: World, canary: Canaries) -> list[str]:
    """Put canaries wherever the accounts and the configuration have room; return lines of the configuration."""
    deskie, chaport = world.deskie, world.chaport
    for place, kind in enumerate(("staff", "user", "case", "message"), 55):
        setattr(deskie, f"_{kind}_ids", itertools.count(place * 1_012_345))
    bot = chaport.add_bot(canary("bot"))
    agents, operators = [], []
    for _ in range(3):
        agents.append(deskie.add_agent(canary("agent"), canary.mail("agentmail"), 113808))
        operators.append(chaport.add_operator(canary("operator"), canary.mail("operatormail")))
    deskie.add_status(int(canary.number()), canary("statusname"))
    deskie.add_channel(int(canary.number()), title=canary("channeltitle"))
    for _ in range(3):
        visitor = chaport.add_visitor(
            canary("visitor"),
            canary.mail("visitormail"),
            canary.number(),
            page=f"https://{canary('page')}.example/{canary('path')}",
        )
        chat = chaport.start_chat(visitor, bot)
        chaport.bot_says(chat, canary("bottext"))
        chaport.visitor_says(chat, f"{canary('question')} {canary.number()}")
        chaport.operator_says(chat, operators[0], canary("operatortext"))
        chaport.event(chat, canary("type"), {"text": canary("eventtext"), canary("param"): canary("value")})
        chaport.event(
            chat, "file", {"file": {"url": f"https://{canary('filehost')}.example/f", "name": canary("file")}}
        )
        user = deskie.add_user(canary("user"), email=canary.mail("usermail"), phone=canary.number())
        case = deskie.new_case(user, "cch12", canary("subject"), "open")
        deskie.new_reply(case, user.id, canary("casetext"))
        case.custom_fields = {canary("fieldname"): canary("field")}
        case.recipient = canary("recipient")
        deskie.agent_notes(case, agents[0], canary("note"))
        reply = deskie.agent_replies(case, agents[0], canary("reply"))
        reply.attachments = (
            Attachment(5, canary("attachment"), f"https://{canary('filehost')}.example", "image/png", 7),
        )
    deskie.email = deskie.api_agent.email = canary.mail("own")
    url = f"https://{canary('company')}.deskie.io"
    return [
        f'deskie.url = "{url}"',
        f'deskie.email = "{deskie.email}"',
        f'agents.pairs = [{{ agent = "{canary.mail("pair")}", operator = "{canary("pairid")}" }}]',
        f'agents.exclude = ["{canary.mail("excluded")}", {canary.number()}]',
        f'cases.subject = "{canary("subjectsetting")} {{visitor}}"',
        f"cases.labels = [{canary.number()}]",
        f'cases.search_channels = ["{canary("searched")}"]',
        f'chaport.bots = {{ "{bot.id}" = "{canary("botname")}" }}',
        f'chaport.event_kinds = {{ "{canary("kind")}" = "ignore" }}',
        f'replies.operator = "{canary.mail("replies")}"',
        f'health.ping_url = "https://{canary("ping")}.example/{canary("pingpath")}"',
        f'notify.urls = ["json://{canary("notifyuser")}:{canary("notifypass")}@{canary("notifyhost")}.example"]',
        f'state.path = "{world.folder / canary("statefile")}.db"',
    ]


def _journal(canary: Canaries) -> list[Any]:
    base = {"timestamp": "2026-11-02T09:00:00Z", "level": "info"}
    return [
        {**base, "event": "status.changed", "operator": canary.mail("logoperator"), "agents": [canary.mail("logagent")],
         "from": "offline", "to": "online", "reason": canary("reason")},
        {**base, "event": "delivery.parked", "visitor": canary("logvisitor"), "chat": canary.number(), "events": 2,
         "error": f"Deskie: 400 {canary('code')} (POST /cases/{canary.number()}/messages.json)"},
        {**base, "event": canary("eventname"), canary("fieldname"): canary("fieldvalue"), "added": canary("added")},
        canary("noevent"),
    ]  # fmt: skip


@pytest.mark.parametrize("down", ["", "deskie", "chaport", "html", "words"])
def test_none_of_them_is_in_the_report(world: World, reporting: Reporting, down: str) -> None:
    """Texts, names, addresses, phones, ids, places, keys, files and the configuration: all are hidden."""
    canary = Canaries()
    lines = _fill(world, canary)
    world.deskie.api_key, world.chaport.token = canary("apikey"), canary("token")

    async def live() -> None:
        await world.start(*lines)
        await world.statuses()
        await world.transcripts()
        await world.stop()

    with asyncio.Runner(loop_factory=lambda: JumpingLoop(world.time)) as runner:
        runner.run(live())
    reporting.journal(*_journal(canary))
    reporting.secrets()
    faults = world.sandbox.faults
    if down in ("deskie", "chaport"):
        faults.add(
            "error", times=None, side="deskie" if down == "deskie" else "chaport", body={"error": canary("error")}
        )
    elif down == "html":
        faults.add("error", times=None, status=200, body=f"<p>{canary('html')}</p>")
    elif down == "words":
        words = {"error": {"message": f"{canary('words')} is wrong"}}
        faults.add("error", times=None, side="chaport", status=400, body=words)
    found, in_json = reporting.text() + reporting.said, str(reporting.json())
    deskie, chaport = world.deskie, world.chaport
    real = [*canary.words, *(each.id for each in chaport.operators), *(each.id for each in chaport.visitors)]
    real += [str(agent.id) for agent in deskie.staff[1:]]
    real += [str(case.id) for case in deskie.cases] + [str(user.id) for user in deskie.users]
    assert len(canary.words) > 100
    assert [word for word in real if word.lower() in found.lower()] == []
    assert [word for word in canary.words if word in in_json] == []
