"""A sweep that a crash cut short (T7)."""

from tests.world import World


async def test_a_sweep_that_was_cut_short_begins_again(world: World) -> None:
    """T7: what a sweep had not reached when the daemon died is found after the start, not an hour later."""
    world.chaport.add_operator("Ann", "ann@acme.example")
    for number in range(50):
        chat = world.chaport.start_chat(world.chaport.add_visitor(f"Visitor {number}"))
        world.chaport.visitor_says(chat, f"Words {number}")
    await world.start("transcripts.poll = 1", 'transcripts.start = "2026-01-01"', "status.enabled = false")
    world.sandbox.faults.add("latency", side="chaport", seconds=0.2, times=None)
    while len(world.deskie.cases) < 25:
        await world.transcripts()
    assert len(world.deskie.cases) < 50
    await world.start()
    await world.run(120)
    assert len(world.deskie.cases) == 50
