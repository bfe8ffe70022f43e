"""A backlog through faults and kills: each event displayed once and in order (P1)."""

import asyncio
import os
from collections import Counter
from pathlib import Path

import pytest

from chaport_sync.sandbox.chaport.records import Chat
from chaport_sync.sandbox.deskie.records import Case
from tests.processes.daemon_process import Host, host, until

#: The whole backlog takes some minutes: `CHATS=100 pytest tests/processes/test_backlog.py`.
CHATS, EVENTS, KILLS = int(os.environ.get("CHATS", "6")), 10, 5


@pytest.mark.processes
async def test_a_backlog_survives_faults_and_kills(tmp_path: Path) -> None:
    """P1: through resets after the effect, 500s, 429s and five SIGKILLs nothing is lost, repeated or out of order."""
    async with host(tmp_path) as place:
        place.configure(
            "status.enabled = false",
            'transcripts.start = "2026-01-01"',
            "transcripts.poll = 3",
            "pending.unanswered = 3600",
        )
        place.sandbox.chaport.add_operator("Olga", "olga@acme.example")
        chats = [_conversation(place, number) for number in range(CHATS)]
        place.sandbox.faults.random(seed=7, rates={"reset_after": 0.1, "error_500": 0.1})
        for after in (4 * CHATS // 10, 3 * CHATS, 7 * CHATS, 11 * CHATS):
            place.sandbox.faults.add("too_many", side="deskie", after=after, retry_after=1)
        daemon = await place.start(pause=0.3)
        for kill in range(1, KILLS + 1):
            share = CHATS * EVENTS * kill // (KILLS + 1)
            await until(lambda share=share: _shown(place) >= share, within=300)  # type: ignore[misc]
            daemon.kill()
            await daemon.ended()
            daemon = await place.start(pause=0.3)
        await until(lambda: _shown(place) >= CHATS * EVENTS, within=300)
        await asyncio.sleep(2)
        cases = {str(case.user_id): case for case in place.sandbox.deskie.cases}
        assert len(cases) == len(place.sandbox.deskie.cases) == CHATS
        for number, chat in enumerate(chats):
            case = _case_of(place, chat)
            assert _texts(case) == [_text(number, event) for event in range(EVENTS)]


def _conversation(place: Host, number: int) -> Chat:
    chaport = place.sandbox.chaport
    bot = chaport.bots[0] if chaport.bots else chaport.add_bot("Robo")
    chat = chaport.start_chat(chaport.add_visitor(f"Visitor {number}"), bot)
    for event in range(EVENTS):
        (chaport.visitor_says if event % 3 == 0 else chaport.bot_says)(chat, _text(number, event))
    return chat


def _text(number: int, event: int) -> str:
    return f"text-{number}-{event}"


def _texts(case: Case) -> list[str]:
    words = " ".join(message.text for message in case.messages).split()
    return [word for word in words if word.startswith("text-")]


def _shown(place: Host) -> int:
    texts = Counter(text for case in place.sandbox.deskie.cases for text in _texts(case))
    return len(texts)


def _case_of(place: Host, chat: Chat) -> Case:
    visitor = place.sandbox.chaport.visitor_of(chat)
    (user,) = [user for user in place.sandbox.deskie.users if user.custom_id == visitor.id]
    (case,) = [case for case in place.sandbox.deskie.cases if case.user_id == user.id]
    return case
