"""How long something may take where the pace allows no more: a few rounds in which everybody has one turn."""

from tests.simulation.occasions import Occasions
from tests.simulation.setting import Setting

#: Nobody waits longer than so many rounds: what came just after one's turn waits for the next, and so does writing it.
ROUNDS = 3
#: Requests to Chaport that reading a visitor may take: the newest chat, and its events where it is cut.
READING = 2
#: Units of Deskie's budget that showing a visitor's words may take: finding or opening a case, a note, a status.
SHOWING = 10
#: The part of the pace and of the budget that is left for chats when statuses have what is theirs.
LEFT = 0.75
#: The period of Deskie's limit in seconds; the requests of one window may come at its end.
WINDOW = 61.0


def longest_wait_for_words(setting: Setting, occasions: Occasions) -> float:
    """Return for how many seconds a visitor's words may be unseen in Deskie, while nothing goes wrong."""
    pace, configured = setting.number("chaport.requests_per_second"), int(setting.config["deskie.requests_per_minute"])
    budget = min(configured, setting.limit) if configured else setting.limit / 2
    comers = occasions.comers + bool(occasions.flood)
    pages = (comers + occasions.browsers) / float(setting.chaport_quirks["page_size"]) + 1
    # Statuses come first: the company's own may be written meanwhile.
    requests = READING * comers + occasions.browsers + pages + setting.agents
    a_round = requests / (LEFT * pace) + comers * SHOWING / (LEFT * budget / 60)
    return ROUNDS * a_round + 2 * setting.number("transcripts.poll") + WINDOW


def longest_wait_for_statuses(setting: Setting) -> float:
    """Return after how many seconds every operator must be as its agents are, while nothing goes wrong."""
    a_round = (setting.agents + 2) / setting.number("chaport.requests_per_second")
    return ROUNDS * (a_round + setting.number("status.poll")) + setting.number("status.offline_grace")
