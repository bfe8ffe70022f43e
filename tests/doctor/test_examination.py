"""`check` on both accounts: what is there, what is missing, and what to do about it."""

import pytest

from chaport_sync.doctor import FAILED, NOTE, OK, WARNING
from chaport_sync.doctor.examination import examine
from chaport_sync.sandbox.chaport.records import Bot, Operator
from tests.statuses.steps import LUNCH, OFFLINE, ONLINE, TRAINING, polls
from tests.world import World

CHOICE = 'each with "online", "invisible", "keep" or "offline":'
CHANNELS = """[cases] channel has to be one of these:
channel = "cch12"  # Website (async)
channel = "cch13"  # Website (async), switched off
channel = "cch14"  # Website (sync)"""

SYNC = (
    "is a chat-like (sync) channel: about ten minutes after the last message Deskie ends the chat by itself, and opens"
    " a pending case; the case stays so until the visitor writes again; choose an async channel, in which pending lasts"
)


async def _found(world: World, *lines: str) -> dict[str, list[tuple[str, str]]]:
    """Return what is found, by subject."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in await examine(world.settings(*lines), world.clock, world.sandbox.transport()):
        found.setdefault(each.subject, []).append((each.result, each.finding))
    return found


async def test_a_good_account(world: World) -> None:
    """Nothing to complain about, nothing written."""
    world.pair("Ann")
    world.chaport.add_bot("Robin")
    found = await _found(world, f'status.map = {{ {TRAINING} = "online", {LUNCH} = "keep" }}')
    assert found["Deskie"] == [(OK, "answers, 2 agents")]
    assert found["Chaport"] == [(OK, "answers, 1 operator")]
    assert found["pairs"] == [(OK, "1 agent drives 1 operator")]
    assert found["changes"] == [(OK, "ann@acme.example: offline → online")]
    assert found["channel"][0][0] == OK
    assert found["statuses"] == [(OK, "each has a mapping")]
    assert {result for lines in found.values() for result, _ in lines} == {OK, NOTE}
    assert all(request.method == "GET" for request in world.sandbox.journal)


async def test_an_account_without_operators(world: World) -> None:
    """S8: nothing works without them, so nothing that needs them is called good, and what to do is said once."""
    world.deskie.add_agent("Ann", "ann@acme.example", ONLINE)
    found = await _found(world, "replies.enabled = true")
    assert found["Chaport"] == [(FAILED, "it has no operators; add them there")]
    assert not found.keys() & {"pairs", "changes", "other writers", "replies"}


async def test_the_lease_that_so_many_need(world: World) -> None:
    """S5: check reckons with everybody online, and says what a longer lease means and what would shorten it."""
    for number in range(16):
        world.pair(f"agent{number}", OFFLINE)
    slow = ("chaport.requests_per_second = 1", "status.lease = 60")
    ((result, text),) = (await _found(world, *slow))["lease"]
    assert result == OK
    assert "64 s instead of 60 s, because 16 operators cannot be renewed faster at 1 request a second" in text
    assert "[chaport] requests_per_second" in text
    assert (await _found(world, "status.lease = 64"))["lease"] == [(OK, "64 s, as configured")]


async def test_statuses_to_paste(world: World) -> None:
    """S2: statuses without a mapping come with lines to choose from, and with how many agents that concerns now."""
    world.pair("Ann", LUNCH)
    world.pair("Bob", LUNCH)
    world.deskie.add_agent("Gone", "gone@acme.example", LUNCH, active=False)
    ((result, text),) = (await _found(world))["statuses"]
    assert result == WARNING
    assert text.splitlines() == [
        f'without a mapping, so that each counts as "offline"; put them under [status.map], {CHOICE}',
        f'{TRAINING} = "online"  # Training: 0 agents now',
        f'{LUNCH} = "online"  # Lunch: 2 agents now',
    ]


async def test_statuses_by_name(world: World) -> None:
    """S2: a status that the file calls by its name comes with its id, and with the word that was meant for it."""
    world.pair("Ann", LUNCH)
    settings = world.settings(f'status.map = {{ {TRAINING} = "online" }}')
    found = await examine(settings, world.clock, world.sandbox.transport(), {"lunch": "keep", "Nowhere": "online"})
    ((result, text),) = [(each.result, each.finding) for each in found if each.subject == "statuses"]
    assert (result, text.splitlines()) == (
        FAILED,
        ["a status is set by its id; under [status.map] put:", f'{LUNCH} = "keep"  # Lunch: 1 agent now'],
    )


@pytest.mark.parametrize(
    ("side", "subject", "advice"),
    [
        ("deskie", "Deskie", "CHAPORT_SYNC_DESKIE__API_KEY and [deskie] email, which belong together"),
        ("chaport", "Chaport", "; check the credentials: CHAPORT_SYNC_CHAPORT__TOKEN"),
    ],
)
async def test_a_revoked_key(world: World, side: str, subject: str, advice: str) -> None:
    """P4: which credentials are wrong is said; the other account is examined all the same."""
    world.pair("Ann")
    settings = world.settings()
    world.deskie.api_key, world.chaport.token = (
        ("other", world.chaport.token) if side == "deskie" else (world.deskie.api_key, "other")
    )
    found = {each.subject: each for each in await examine(settings, world.clock, world.sandbox.transport())}
    assert found[subject].result == FAILED
    assert advice in found[subject].finding
    assert found["Chaport" if side == "deskie" else "Deskie"].result == OK


@pytest.mark.parametrize(
    ("lines", "result", "words"),
    [
        pytest.param(('cases.channel = "cch99"',), FAILED, f"cch99 does not exist; {CHANNELS}", id="unknown"),
        pytest.param(('cases.channel = "cch13"',), FAILED, "is switched off in Deskie", id="off"),
        pytest.param(('cases.channel = "cch14"',), WARNING, f"cch14 (Website) {SYNC}", id="sync"),
        pytest.param(('cases.channel = "cch14"', "pending.enabled = false"), OK, "cch14", id="sync, and never pending"),
    ],
)
async def test_the_channel(world: World, lines: tuple[str, ...], result: str, words: str) -> None:
    """A channel that is not there, is off, or does not keep its cases pending (C6)."""
    world.pair("Ann")
    world.deskie.add_channel(13).active = False
    world.deskie.add_channel(14, "sync")
    ((found, text),) = (await _found(world, *lines))["channel"]
    assert (found, words in text) == (result, True)


async def test_a_channel_to_be_chosen(world: World) -> None:
    """A channel that is missing, or was called by its name, comes with those that are there."""
    world.pair("Ann")
    settings = world.settings()
    settings = settings.model_copy(update={"cases": settings.cases.model_copy(update={"channel": ""})})
    found = await examine(settings, world.clock, world.sandbox.transport())
    assert [(each.result, each.finding) for each in found if each.subject == "channel"] == [
        (FAILED, '[cases] channel has to be one of these:\nchannel = "cch12"  # Website (async)')
    ]


@pytest.mark.parametrize(
    ("down", "skipped"),
    [
        ("deskie", "statuses, channel, pairs, replies, capacity: Deskie could not be read"),
        ("chaport", "pairs, replies, recent chats, capacity: Chaport could not be read"),
        (
            "both",
            "statuses, channel, pairs, replies, recent chats, capacity: neither Deskie nor Chaport could be read",
        ),
    ],
)
async def test_what_cannot_be_looked_at(world: World, down: str, skipped: str) -> None:
    """P4: nothing is concluded from an account that could not be read; what was left out for it is said in one line."""
    world.pair("Ann")
    settings = world.settings()
    if down in {"deskie", "both"}:
        world.deskie.api_key = "other"
    if down in {"chaport", "both"}:
        world.chaport.token = "other"
    found = await examine(settings, world.clock, world.sandbox.transport())
    assert [(each.result, each.finding) for each in found if each.subject == "not looked at"] == [(NOTE, skipped)]
    assert not {each.subject for each in found} & set(skipped.partition(":")[0].split(", "))
    swapped = [each.finding for each in found if each.subject == "keys"]
    assert swapped == (
        ["both services refuse the login; perhaps each key is in the other's place"] if down == "both" else []
    )


async def test_bots_in_recent_chats(world: World) -> None:
    """T1: who counts as a bot, and the line to paste for each author who is in no list of operators."""
    bot, _, _ = _a_chat_of_three(world)
    found = await _found(world)
    assert found["recent chats"] == [(OK, "1 was looked at")]
    recognised, (result, unlisted) = found["bots"]
    assert recognised == (OK, f"recognised: {bot.id} (1 message)")
    assert (result, unlisted.splitlines()[1:]) == (NOTE, [f'{bot.id} = "Bot"'])
    assert "in no list of operators, and so taken for bots;" in unlisted
    found = await _found(world, f'chaport.bots = {{ {bot.id} = "Robin" }}')
    assert found["bots"] == [(OK, "recognised: Robin (1 message)")]
    assert "secret words" not in str(found)


async def test_unlisted_authors_who_stay_unknown(world: World) -> None:
    """T1: where the configuration says so they count as nobody, and the lines to paste are the same."""
    bot, _, _ = _a_chat_of_three(world)
    (warned, _), (result, unlisted) = (await _found(world, 'chaport.unlisted_authors = "unknown"'))["bots"]
    assert (warned, result, unlisted.splitlines()[1:]) == (WARNING, NOTE, [f'{bot.id} = "Bot"'])
    assert "taken for neither bots nor people;" in unlisted


@pytest.mark.parametrize("how", ["deactivated", "deleted"])
async def test_a_former_operator_in_recent_chats(world: World, how: str) -> None:
    """T1: whoever is listed as deactivated, or was listed when the daemon looked, is no bot."""
    bot, _, bob = _a_chat_of_three(world)
    if how == "deleted":
        await world.start("status.enabled = false")
        await world.transcripts()
        await world.stop()
    (world.chaport.deactivate_operator if how == "deactivated" else world.chaport.remove_operator)(bob)
    (_, (_, unlisted)) = (await _found(world))["bots"]
    assert unlisted.splitlines()[1:] == [f'{bot.id} = "Bot"']


def _a_chat_of_three(world: World) -> tuple[Bot, Operator, Operator]:
    """A bot that nothing marks and two operators write to a visitor."""
    world.chaport.quirks.bots = "H2"
    (_, ann), (_, bob) = world.pair("Ann"), world.pair("Bob")
    bot = world.chaport.add_bot("Robin")
    chat = world.chaport.start_chat(world.chaport.add_visitor("Mary"), bot)
    world.chaport.bot_says(chat, "secret words", bot)
    world.chaport.operator_says(chat, ann, "Hello")
    world.chaport.operator_says(chat, bob, "Hello too")
    return bot, ann, bob


async def test_unknown_events(world: World) -> None:
    """T1: types that nothing knows come with the line to paste."""
    world.pair("Ann")
    chat = world.chaport.start_chat(world.chaport.add_visitor("Mary"))
    world.chaport.event(chat, "order/message", {"text": "ordered"})
    ((result, text),) = (await _found(world))["events"]
    assert (result, text.splitlines()[1]) == (WARNING, '"order/message" = "bot"')


async def test_something_else_sets_the_operators(world: World) -> None:
    """Operators that follow their agents before we ever wrote one: the help desk's own integration may be on."""
    world.pair("Ann")
    world.pair("Bob", OFFLINE)
    world.chaport.operator_sets(world.chaport.operators[0], "online")
    ((result, text),) = (await _found(world))["other writers"]
    assert (result, "own Chaport integration" in text) == (WARNING, True)


async def test_many_changes_by_hand(world: World) -> None:
    """S7: more changes by hand than people make say the same."""
    _, jon = world.pair("Ann")
    await world.start("transcripts.enabled = false")
    await polls(world, 2)
    for _ in range(7):
        world.chaport.operator_sets(jon, "offline")
        await polls(world, 5)
    await world.stop()
    ((result, text),) = (await _found(world))["other writers"]
    assert (result, text.partition(" ")[0]) == (WARNING, "7")
