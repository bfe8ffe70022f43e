"""Nobody's words in another customer's name, however people merge cases (T5)."""

from tests.simulation.invariants.marks import MARK, mark_of
from tests.simulation.setting import Setting
from tests.simulation.trace import Trace
from tests.world import World

INVARIANT = "nobody's words in another customer's name"


def words_must_be_ones_own(world: World, setting: Setting, trace: Trace) -> None:
    """Look at each customer's message for what others said in Chaport."""
    if not setting.own:
        return
    said_by = {
        mark_of(event): visitor.id
        for visitor in world.chaport.visitors
        for chat in visitor.chats
        for event in chat.events
    }
    for case in world.deskie.cases:
        for message in case.messages:
            user = world.deskie.find_user(message.user_id) if message.user_id else None
            if user is None:
                continue
            for mark in MARK.findall(message.text):
                if said_by.get(mark, user.custom_id) != user.custom_id:
                    told = f"{mark} of {said_by[mark]} stands in case {case.id} as {user.custom_id}'s"
                    trace.violate(INVARIANT, told, said_by[mark], user.custom_id, str(case.id))
