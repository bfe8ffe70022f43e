"""Crowds of visitors."""

from collections.abc import Callable

from chaport_sync.sandbox.chaport.records import Chat
from tests.world import World

SLOW = ("status.enabled = false", "chaport.requests_per_second = 1", 'transcripts.start = "2026-01-01"')


def crowd(world: World, count: int) -> list[Chat]:
    """Let visitors come who write a few words each."""
    chats = []
    for _ in range(count):
        number = len(world.chaport.visitors)
        chats.append(world.chaport.start_chat(world.chaport.add_visitor(f"Visitor {number}")))
        world.chaport.visitor_says(chats[-1], f"Hello {number:04}.")
    return chats


def writing(world: World, chats: list[Chat]) -> Callable[[], None]:
    """Return what lets all of them write."""

    def write() -> None:
        for chat in chats:
            world.chaport.visitor_says(chat, "More.")

    return write
