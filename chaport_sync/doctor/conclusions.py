"""Concludes from a probe's observations which settings are right (Chaport reference, U1 to U5)."""

from collections.abc import Sequence

from chaport_sync.config import Settings
from chaport_sync.core.model import OFFLINE, ONLINE
from chaport_sync.doctor import FAILED, NOTE, OK, WARNING, Finding
from chaport_sync.doctor.probe import LIFETIME, MARGIN, PAUSE, Attempt, Observed

#: The questions that a probe answers: in words for people, and by number of docs/chaport-api.md for programs.
HOLDS, WORDS = ("how long a status holds", "U1"), ("words", "U2")
BOTH, ENDED, CLOSED = ("lastStatus, realStatus", "U3"), ("after it ended", "U4"), ("with the app closed", "U5")
#: A status that ends so much before its lifetime was ended by something else (seconds).
EARLY = 10.0


def conclude(observed: Observed, settings: Settings) -> list[Finding]:
    """Return how Chaport behaves, and which lines of the configuration follow from that."""
    accepted = [attempt for attempt in observed.attempts if not attempt.error]
    findings = [
        _lifetime(observed, settings),
        _words(accepted, observed, settings),
        _both_words(accepted),
        _afterwards(observed),
        _without_app(observed, accepted),
    ]
    if not observed.restored:
        findings.append(Finding(FAILED, "operator", "could not be put back; set its status in Chaport"))
    return findings


def _lifetime(observed: Observed, settings: Settings) -> Finding:
    works = {attempt.field for attempt in observed.attempts if not attempt.error}
    refused = {attempt.field: attempt.error for attempt in observed.attempts if attempt.field not in works}
    told = [f"{field} is refused ({error})" for field, error in refused.items()]
    good = []
    for expiry in observed.expiries:
        if expiry.after is None:
            told.append(f"{expiry.field} is accepted, but does not end a status")
        elif expiry.after < LIFETIME - EARLY:
            told.append(f"{expiry.field} is accepted, but the status ended after {expiry.after:.0f} s already")
        else:
            told.append(f"{expiry.field} works: {LIFETIME:.0f} s ended after {expiry.after:.0f} s")
            good.append(expiry.field)
    words = "; ".join(told) or "nothing was tried"
    if not good:
        return _finding(FAILED, HOLDS, f"{words}; without one that works operators stay as they were set last")
    if settings.chaport.lifetime_field in good:
        return _finding(OK, HOLDS, words)
    return _finding(WARNING, HOLDS, f'{words}; under [chaport] set\nlifetime_field = "{good[0]}"')


def _words(accepted: Sequence[Attempt], observed: Observed, settings: Settings) -> Finding:
    kept = list(dict.fromkeys(each.word for each in accepted if each.word in (each.last, each.real)))
    refused = list(dict.fromkeys(each.word for each in observed.attempts if each.error))
    told = f"shown as set: {', '.join(kept) or 'none'}" + (f"; refused: {', '.join(refused)}" if refused else "")
    invisible = [word for word in kept if word not in (ONLINE, OFFLINE)]
    if settings.chaport.invisible_word in invisible:
        return _finding(OK, WORDS, told)
    if not invisible:
        return _finding(WARNING, WORDS, f"{told}; do not map any status to invisible")
    return _finding(WARNING, WORDS, f'{told}; under [chaport] set\ninvisible_word = "{invisible[0]}"')


def _both_words(accepted: Sequence[Attempt]) -> Finding:
    follows = {
        "lastStatus": bool(accepted) and all(each.last == each.word for each in accepted),
        "realStatus": bool(accepted) and all(each.real == each.word for each in accepted),
    }
    names = [name for name, does in follows.items() if does]
    if not names:
        return _finding(WARNING, BOTH, "neither lastStatus nor realStatus shows each status that was set")
    return _finding(OK, BOTH, f"{' and '.join(names)} show{'s' if len(names) == 1 else ''} what was set")


def _afterwards(observed: Observed) -> Finding:
    ends = [expiry for expiry in observed.expiries if expiry.after is not None]
    if not ends:
        return _finding(WARNING, ENDED, f"nothing changed within {LIFETIME + MARGIN:.0f} s")
    words = "; ".join(f"lastStatus {end.last or 'nothing'}, realStatus {end.real or 'nothing'}" for end in ends[:1])
    if all(OFFLINE in (end.last, end.real) for end in ends):
        return _finding(OK, ENDED, f"an operator goes offline when its lifetime is over ({words})")
    told = f"an operator does not go offline when its lifetime is over ({words})"
    return _finding(WARNING, ENDED, f"{told}: if this host dies, the chat stays as it is")


def _without_app(observed: Observed, accepted: Sequence[Attempt]) -> Finding:
    if observed.before.status == ONLINE:
        return _finding(NOTE, CLOSED, "not settled: the operator was online; probe one whose app is closed")
    online = [each for each in accepted if each.word == ONLINE]
    if online and all((each.real or each.last) == ONLINE for each in online):
        return _finding(OK, CLOSED, "an operator goes online without its app, if its app was closed just now")
    if not online:
        return _finding(FAILED, CLOSED, "online was never accepted")
    return _finding(WARNING, CLOSED, f"online is accepted, but not in effect after {PAUSE:.0f} s")


def _finding(result: str, settled: tuple[str, str], words: str) -> Finding:
    subject, code = settled
    return Finding(result, subject, words, code)
