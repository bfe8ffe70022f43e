"""The demo's story: what happens, and what must come of it, each from top to bottom in the order of time.

Nothing here knows the daemon. A scene is done to the two accounts, an expectation is checked on them, so the story
judges whatever synchronises them, or that nothing does.
"""

from collections.abc import Callable
from dataclasses import dataclass

from chaport_sync.sandbox.story import expectations as seen
from chaport_sync.sandbox.story.stage import AGENTS, OFFLINE, ONLINE, TRAINING, Stage

#: What the story takes for granted of the configuration: seconds, and the meaning of an account's own status.
GRACE, LEASE = 6, 30
STATUS_MAP = {TRAINING: "offline"}
#: Seconds within which a change shows on the other side: a poll or two, and the requests.
SOON = 3.0

COME, TRAIN, LOSE, RETURN, LEAVE = 2.0, 6.0, 10.0, 14.0, 16.0
GREET, ASK, HOLD_ON, AGREE, JOIN, ANSWER = 19.0, 22.0, 26.0, 29.0, 32.0, 34.0
BREAK, FAIL, RECOVER = 37.0, 40.0, 51.0
ANSWER_IN_DESKIE, END = 57.0, 65.0

GREETING, QUESTION, BOT_ANSWER = "How can I help?", "Where is my order 1044?", "I'll get Ann."
ANSWERED, FIRST_IN_OUTAGE = "It left this morning.", "When will it arrive?"
FROM_DESKIE = "An hour before."


@dataclass(frozen=True)
class Scene:
    """Something that happens: when, in words, and how it is done."""

    at: float
    words: str
    act: Callable[[Stage], None] = lambda _: None


@dataclass(frozen=True)
class Expectation:
    """Something that must come of it.

    `instead` tells what is seen instead, or nothing if all is as expected (see `seen`). It is asked from `since` on
    until it tells nothing or `by` has come; where both are the same, it is asked once, of the whole past.
    """

    words: str
    since: float
    by: float
    instead: Callable[[Stage], str]


SCENES = (
    Scene(0, "Four people in both services, all of them offline. chaport-sync starts."),
    Scene(COME, "Everybody comes to work: four agents go online in Deskie.", lambda on: on.takes(ONLINE, *AGENTS)),
    Scene(
        TRAIN,
        "Boris goes into a training, a status without chats. The grace begins.",
        lambda on: on.takes(TRAINING, "Boris"),
    ),
    Scene(
        LOSE,
        "Clara's browser loses its connection: Deskie shows her offline.",
        lambda on: on.takes(OFFLINE, "Clara"),
    ),
    Scene(
        RETURN,
        "Clara is back within the grace. In Chaport nobody has noticed.",
        lambda on: on.takes(ONLINE, "Clara"),
    ),
    Scene(LEAVE, "Daniel goes home, and stays away longer than the grace.", lambda on: on.takes(OFFLINE, "Daniel")),
    Scene(
        GREET,
        "Mary opens the chat on the website, and Robin, a bot, greets her. No case yet: a greeting is no question.",
        lambda on: on.visitor_comes("Mary", GREETING),
    ),
    Scene(ASK, "Mary asks. That opens a case, pending while a bot answers.", lambda on: on.visitor_says(QUESTION)),
    Scene(HOLD_ON, "The bot answers. In the case that is a note.", lambda on: on.bot_says(BOT_ANSWER)),
    Scene(
        AGREE,
        "Mary writes again. Deskie opens the case for that; it becomes pending again.",
        lambda on: on.visitor_says("Yes, please."),
    ),
    Scene(JOIN, "Ann joins the chat in Chaport: the case is opened for the agents to see.", lambda on: on.joins("Ann")),
    Scene(ANSWER, "Ann answers. That, too, is a note in the case.", lambda on: on.operator_says("Ann", ANSWERED)),
    Scene(
        BREAK,
        "Trouble begins: Deskie takes what comes next, but its answer will break off.",
        lambda on: on.answer_breaks_off(),
    ),
    Scene(
        BREAK + 1,
        "Mary's words arrive, the answer does not. Sent again, they would be there twice.",
        lambda on: on.visitor_says(FIRST_IN_OUTAGE),
    ),
    Scene(FAIL, "Now Deskie is down. Nobody in Chaport may go offline for that.", lambda on: on.deskie_fails()),
    Scene(
        FAIL + 1,
        "Deskie is down. In the chat they write on.",
        lambda on: on.operator_says("Ann", "Tomorrow before noon."),
    ),
    Scene(FAIL + 3, "Deskie is down. In the chat they write on.", lambda on: on.visitor_says("After 2 pm, please.")),
    Scene(
        FAIL + 7,
        "Deskie is down. In the chat they write on.",
        lambda on: on.operator_says("Ann", "Let me arrange that."),
    ),
    Scene(RECOVER, "Deskie is back. What was written meanwhile follows.", lambda on: on.deskie_recovers()),
    Scene(
        RECOVER + 1,
        "Deskie is back. What was written meanwhile follows.",
        lambda on: on.operator_says("Ann", "Done, 2 to 4 pm."),
    ),
    Scene(
        RECOVER + 3,
        "Deskie is back, and Ann has closed her Chaport tab.",
        lambda on: on.visitor_says("Will they call me?"),
    ),
    Scene(
        ANSWER_IN_DESKIE,
        "Ann answers in Deskie, in the case. Mary gets it in the chat.",
        lambda on: on.agent_answers("Ann", FROM_DESKIE),
    ),
    Scene(
        ANSWER_IN_DESKIE + 4,
        "Mary thanks. Each line stands in the case, once and in order.",
        lambda on: on.visitor_says("Thanks a lot!"),
    ),
)


EXPECTATIONS = (
    Expectation(
        "Agents go online: so do their operators, on a lease", COME, COME + SOON, seen.online_on_lease(*AGENTS)
    ),
    Expectation(
        "Boris is in a training: offline after the grace, not before",
        TRAIN,
        TRAIN + GRACE + SOON,
        seen.offline_after("Boris", TRAIN, GRACE),
    ),
    Expectation(
        "Clara was gone for less than the grace: online all the time",
        RETURN + GRACE + SOON,
        RETURN + GRACE + SOON,
        seen.online_throughout(LOSE, "Clara"),
    ),
    Expectation(
        "Daniel went home: offline after the grace, not before",
        LEAVE,
        LEAVE + GRACE + SOON,
        seen.offline_after("Daniel", LEAVE, GRACE),
    ),
    Expectation(
        "No case for the bot's greeting, one for Mary's question", ASK, ASK + SOON, seen.case_opened_by(QUESTION)
    ),
    Expectation("The bot's words are a note in it", HOLD_ON, JOIN, seen.notes(GREETING, BOT_ANSWER)),
    Expectation("The case is pending as long as only the bot answers", JOIN, JOIN, seen.pending),
    Expectation("Ann joins: the case is opened for the agents", JOIN, JOIN + SOON, seen.opened_since(JOIN)),
    Expectation("Ann's answer is a note, not sent to Mary again", ANSWER, ANSWER + SOON, seen.notes(ANSWERED)),
    Expectation("Deskie was down: nobody went offline for it", END, END, seen.online_throughout(BREAK, "Ann", "Clara")),
    Expectation(
        "Ann's answer in Deskie reaches Mary, once",
        ANSWER_IN_DESKIE,
        ANSWER_IN_DESKIE + SOON,
        seen.heard_once("Ann", FROM_DESKIE),
    ),
    Expectation(
        "What was written meanwhile is there once, and in order", END, END, seen.once_and_in_order(FIRST_IN_OUTAGE)
    ),
)
