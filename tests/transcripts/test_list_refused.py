"""A list that is refused while a chat is read (P3, P4)."""

from tests.world import World, only


async def test_a_refused_list_is_not_the_visitors_failure(world: World) -> None:
    """P4: 403 on the operators, asked for because a chat names a stranger, is said loudly, not put on the visitor."""
    world.chaport.add_operator("Ann", "ann@acme.example")
    former = world.chaport.add_operator("Bob", "bob@acme.example")
    chat = world.chaport.start_chat(world.chaport.add_visitor("Vera"))
    await world.start("status.enabled = false")
    world.chaport.remove_operator(former)
    await world.transcripts()
    world.chaport.operator_says(chat, former, "Hello")
    world.sandbox.faults.add("error", side="chaport", path="/operators$", status=403, times=None)
    world.wait(20)
    await world.transcripts()
    failed = only(world.events("poll.failed"))
    assert (failed["service"], failed["log_level"]) == ("Chaport", "error")
    world.sandbox.faults.clear()
    world.wait(301)
    await world.transcripts()
    assert world.events("poll.recovered")
