"""What stories about agents' answers have in common: a chat in a case, and who answers there."""

from dataclasses import dataclass

from chaport_sync.sandbox.chaport.records import Chat
from chaport_sync.sandbox.deskie.records import Case, Message, Staff
from tests.transcripts.stories import Story, begin
from tests.world import World, text_of

REPLIES = ("replies.enabled = true", "replies.poll = 15")


@dataclass
class Answering:
    """A visitor's chat that is shown in a case, and an agent who answers there."""

    story: Story
    agent: Staff

    @property
    def world(self) -> World:
        """Both accounts and the daemon."""
        return self.story.world

    @property
    def case(self) -> Case:
        """The case that shows the chat."""
        return self.world.deskie.cases[0]

    @property
    def chat(self) -> Chat:
        """The visitor's newest chat."""
        return self.story.visitor.chats[-1]

    def answer(self, text: str, agent: Staff | None = None) -> Message:
        """Let an agent write an answer in the case."""
        return self.world.deskie.agent_replies(self.case, agent or self.agent, text)

    async def polls(self, times: int = 1) -> None:
        """Let so many polls of all flows pass."""
        await self.world.run(15.0 * times)

    def heard(self) -> list[str]:
        """Return what the visitor was told by operators, in order, in all chats."""
        return [event.text for chat in self.story.visitor.chats for event in chat.events if event.author == "operator"]

    def notes(self) -> list[str]:
        """Return the notes in the case that tell of an answer."""
        lines = [
            line for message in self.case.messages if message.form == "note" for line in text_of(message).split("\n")
        ]
        return [line.partition("chaport-sync: ")[2] for line in lines if "chaport-sync: " in line]


async def answering(world: World, *lines: str) -> Answering:
    """Let a visitor ask in a chat, and the daemon show it in a case."""
    story = await begin(world, *REPLIES, *lines)
    await world.run(30)
    story.visitor_says("Where is my order?")
    await world.run(60)
    agent = next(agent for agent in world.deskie.staff if agent.email == "ann@acme.example")
    return Answering(story, agent)
