"""What happens in chats, told shortly, and what must then stand in Deskie."""

from collections.abc import Iterable
from dataclasses import dataclass

from chaport_sync.sandbox.chaport.records import Bot, Chat, Operator, Visitor
from chaport_sync.sandbox.deskie.records import Case
from tests.world import World, text_of

HEADER_END = "Answers written here do not reach the visitor: answer in Chaport."


@dataclass
class Story:
    """One visitor's chat in a world, with a bot and an operator at hand."""

    world: World
    visitor: Visitor
    chat: Chat
    bot: Bot
    operator: Operator

    def bot_says(self, *texts: str) -> None:
        """The bot writes."""
        for text in texts:
            self.world.chaport.bot_says(self.chat, text, self.bot)

    def visitor_says(self, *texts: str) -> None:
        """The visitor writes."""
        for text in texts:
            self.world.chaport.visitor_says(self.chat, text)

    def operator_says(self, *texts: str) -> None:
        """The operator writes."""
        for text in texts:
            self.world.chaport.operator_says(self.chat, self.operator, text)

    def operator_joins(self) -> None:
        """The operator takes the chat over."""
        self.world.chaport.operator_joins(self.chat, self.operator)

    def new_chat(self) -> None:
        """The visitor begins another chat, again with the bot."""
        self.chat = self.world.chaport.start_chat(self.visitor, self.bot)


async def begin(
    world: World,
    *lines: str,
    name: str = "Mary",
    email: str | None = "mary@mail.example",
    phone: str | None = None,
) -> Story:
    """Start the daemon with these settings, let it see the empty account, and let a visitor come to a bot."""
    _, operator = world.pair("Ann")
    bot = world.chaport.add_bot("Robin")
    await world.start("status.enabled = false", f'chaport.bots = {{ "{bot.id}" = "Robin" }}', *lines)
    await world.transcripts()
    visitor = world.chaport.add_visitor(name, email, phone)
    return Story(world, visitor, world.chaport.start_chat(visitor, bot), bot, operator)


def another(story: Story, name: str = "Nina", email: str | None = None) -> Story:
    """Return a second visitor's chat in the same world."""
    visitor = story.world.chaport.add_visitor(name, email)
    chat = story.world.chaport.start_chat(visitor, story.bot)
    return Story(story.world, visitor, chat, story.bot, story.operator)


def forms(case: Case) -> list[str]:
    """Return the forms of a case's messages in order."""
    return [message.form for message in case.messages]


def body(case: Case) -> list[str]:
    """Return every line that stands in a case, without headers and times."""
    lines = [line for message in case.messages for line in text_of(message).split("\n")]
    return [line for line in lines if not line.startswith("Chaport chat ") and line != HEADER_END]


def shown_times(world: World, text: str) -> int:
    """Count in how many places of all cases a text stands."""
    return sum(message.text.count(text) for case in world.deskie.cases for message in case.messages)


def positions(world: World, texts: Iterable[str]) -> list[tuple[int, int]]:
    """Return where each text stands: the message's id and the place in it; each must stand exactly once."""
    found = []
    for text in texts:
        places = [
            (message.id, message.text.index(text))
            for case in world.deskie.cases
            for message in case.messages
            if text in message.text
        ]
        assert len(places) == 1, f"{text} stands {len(places)} times"
        found.append(places[0])
    return found


def assert_mirrored(world: World, visitors: Iterable[Visitor] | None = None) -> None:
    """Check that each chat in which the visitor has written stands in Deskie exactly once and in order (P1, T3)."""
    for visitor in world.chaport.visitors if visitors is None else visitors:
        for chat in visitor.chats:
            events = [event for event in chat.events if event.author != "system"]
            first = next((i for i, event in enumerate(events) if event.author == "visitor"), None)
            if first is None:
                assert not any(shown_times(world, event.text) for event in events)
                continue
            places = positions(world, [event.text for event in events])
            before, after = places[:first], places[first:]
            assert before == sorted(before)
            assert after == sorted(after)


def statuses(world: World) -> list[str]:
    """Return the statuses that were asked for, in order, those with which cases were to be opened too."""
    asked = (each for each in world.sandbox.requests_of("deskie") if each.method in ("POST", "PUT"))
    return [each.body["case"]["status"] for each in asked if "status" in each.body.get("case", {})]


def settings_of_status(world: World) -> list[str]:
    """Return the statuses that were set in cases that were there, in order."""
    return [each.body["case"]["status"] for each in world.sandbox.requests_of("deskie", "PUT")]


async def with_bot(world: World, *lines: str) -> Story:
    """A visitor has asked and the bot has answered."""
    story = await begin(world, *lines)
    story.visitor_says("Hi")
    story.bot_says("Hello!")
    await world.run(0)
    return story


async def with_case(world: World) -> Story:
    """A visitor whose chat has a case."""
    story = await begin(world)
    story.visitor_says("Hi")
    story.bot_says("Hello")
    await world.run(0)
    return story
