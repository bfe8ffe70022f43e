"""Words of the trade, which identify nobody: only names and words made of them are told to others."""

import re
from functools import cache

_TRADE = """
    a above absent accept accepted access account accounts action active activity add added admin administrator after
    agent agents ago agrees ahead all allow allowed already amount and api app archived as ask asks assign assigned
    assignee async at attach attached attachment attachments attempt auth author authors auto automatic avatar avito
    awaiting away back bad ban banned bcc before begin behind believed below blocked body bot bots browser budget busy
    button by bytes call calls campaign cancelled case cases caught cc cch change changed changelog changes channel
    channels chaport chat chatbot chats chosen city clear click clicked client clients clock clocks close closed closing
    cluster code color comment company completion config configuration configured confirmed connected console contact
    content contested continue conversation copy count country created critical cross current custom customer cycle
    cycles daemon damaged data date days deactivated debug default degraded delayed deleted delivered deliveries
    delivering delivery department deskie details detected device dialect differs digest direct disabled disconnected
    disk display do done down draft dropped dry due duplicate duration edit edited email emails en enable enabled end
    ended engaged error errors event events exception exclude exist exists expire expired expires expiry extended
    external extra extras facebook failed failing fails failures fallback false fb feedback field fields file files
    filter finished first fixed flag flow flows followup forbidden forgotten form format forwarded found from full gap
    gather get given good grace group groups handled handoff has health height held hidden high hint history hold host
    hour hours html icon id ideas identified idle ids ignore image images important in inactive inbox include incorrect
    index ineffective info initiated instagram instance integration internal invalid invisible invitation invite invited
    ip is iso item items job join joined json keep kept key kind label labels language last late lease leases leave left
    level library lifetime limit limited line lines link linked links list listen live loaded locale location lock
    locked log logged logger login lost low mail main manage manual map marketing match max me media merged message
    messages messenger meta method metrics mime minute minutes mirrored missed missing mobile mode modified more moved
    name names new next no nobody none normal not note notes notice notification notify number object offer offline ok
    old omnidesk online open opened opens operator operators order os other out outdated over override owner pace page
    pages paired pairs params parent parked participant participants parts password patch path pause paused pending per
    period permission phone photo ping pinned plan platform poll polls position post preview previous priority probe
    problem problems profile public pulse push put queue quick rate rated ratelimit rating read reading ready real
    reason received recipient record records recovered referrer refused region rejected released reload reloaded
    remembered remote removed renewed reopened replied replies reply report request requested requests required reserve
    resolved respect responded response rest restart restored result results retried retry reviewed role roles ru rule
    rules running scenario screen search seconds seen send sender sending sent service session set settings share shown
    sighting sign signature silenced silent since site size skipped skype slack social somebody source spam speed spent
    staff stage stale start started state status statuses step stop stopped stopping subject subjects submitted
    subscription summary support sweep sync system tag tags taken team teams telegram template text thread throttled
    thumbnail time timeout timestamp timezone title to token tolerate too took top total tr transcript transcripts
    transfer transferred trash treated trigger triggered true ttl twitter type typing unanswered unassigned unclear
    undelivered unheld units unknown unlisted unmapped unpaired unread unsettled until up update updated url urls used
    user users utc utm valid value version via viber view viewed visible visit visited visitor visitors vk wa wait
    waiting warning was watched web webhook what whatsapp when why widget width without worker working write writing
    written wrong youscan zalo zone
"""
_WORDS = frozenset(_TRADE.split())
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NAME = re.compile(r"[A-Za-z]+(?:[-_.][A-Za-z]+|[A-Z][a-z]*)*", re.ASCII)
#: The longest name (characters).
_LONGEST = 60


@cache
def is_ours(name: str) -> bool:
    """Return whether a name such as `lastStatus`, `staff_id` or `bot-message` has words of the trade only."""
    if len(name) > _LONGEST or not _NAME.fullmatch(name):
        return False
    return all(part.lower() in _WORDS for part in _PART.findall(name))


def parts(name: str) -> frozenset[str]:
    """Return the words of a name, in lower case."""
    return frozenset(part.lower() for part in _PART.findall(name))
