"""What can be seen on a stage: each function gives a question that answers what is seen instead, or nothing.

"Nothing" is the empty text and means that it is as expected. What must hold throughout is asked of the past.
"""

from collections.abc import Callable

from chaport_sync.sandbox.story.stage import Stage

Question = Callable[[Stage], str]

_NO_CASE = "there is no case"


def online_on_lease(*names: str) -> Question:
    """Whether these operators are online, and not until further notice."""

    def instead(on: Stage) -> str:
        missing = [name for name in names if on.status(name) != "online"]
        if missing:
            return f"not online: {', '.join(missing)}"
        endless = [name for name in names if on.lease_left(name) is None]
        return f"online without a lease: {', '.join(endless)}" if endless else ""

    return instead


def offline_after(name: str, left: float, grace: float) -> Question:
    """Whether an operator who was online at `left` is offline now, and was nothing else than online for the grace."""

    def instead(on: Stage) -> str:
        course = on.course(name, left)
        if not course or course[0][1] != "online":
            return f"{name} was not online before"
        if len(course) == 1:
            return f"{name} is still online"
        ended, word = course[1]
        if ended - left < grace or on.status(name) != "offline":
            return f"{name} was {word} after {ended - left:.0f} s"
        return ""

    return instead


def online_throughout(begin: float, *names: str) -> Question:
    """Whether these operators have been online since `begin` without a break."""

    def instead(on: Stage) -> str:
        for name in names:
            for at, word in on.course(name, begin):
                if word != "online":
                    return f"{name} was {word} at {at:.0f} s"
        return ""

    return instead


def case_opened_by(text: str) -> Question:
    """Whether there is a case, not from before the visitor wrote, that begins with this text in the visitor's name."""

    def instead(on: Stage) -> str:
        if on.case is None or on.chat is None:
            return _NO_CASE
        wrote = [event.at for event in on.chat.events if event.author == "visitor"]
        if not wrote or on.case.created_at < wrote[0]:
            return "the case was there before the visitor wrote"
        first = on.case.messages[0]
        return "" if (first.form, first.text) == ("customer", text) else f"it begins with a {first.form}: {first.text}"

    return instead


def pending(on: Stage) -> str:
    """Whether the case is kept out of the agents' way."""
    if on.case is None:
        return _NO_CASE
    return "" if on.case.status == "waiting" else f"the case is {on.case.status}"


def opened_since(begin: float) -> Question:
    """Whether the case, pending until then, is open."""

    def instead(on: Stage) -> str:
        if on.case is None:
            return _NO_CASE
        changes = [
            (change.old, change.new)
            for change in on.case.changelog
            if change.event == "status" and on.seconds(change.at) >= begin
        ]
        return "" if ("waiting", "open") in changes and on.case.status == "open" else f"it stayed {on.case.status}"

    return instead


def notes(*texts: str) -> Question:
    """Whether these texts stand in notes, and nothing was sent to the visitor."""

    def instead(on: Stage) -> str:
        if on.sandbox.deskie.sent_to_customers:
            return "something was sent to the visitor"
        if on.case is None:
            return _NO_CASE
        written = [message.text for message in on.case.messages if message.form == "note"]
        missing = [text for text in texts if not any(text in note for note in written)]
        return f"in no note: {missing[0]}" if missing else ""

    return instead


def heard_once(name: str, text: str) -> Question:
    """Whether the visitor was told this once, by this operator."""

    def instead(on: Stage) -> str:
        events = on.chat.events if on.chat else ()
        count = sum(event.text == text and event.author_id == on.operators[name].id for event in events)
        return "" if count == 1 else f"told {count} times: {text}"

    return instead


def once_and_in_order(first: str) -> Question:
    """Whether everything that was written in the chat since `first` stands in the case once, in the same order."""

    def instead(on: Stage) -> str:
        if on.case is None:
            return _NO_CASE
        said = on.said()
        texts = said[said.index(first) :]
        shown = "\n".join(message.text for message in on.case.messages)
        for text in texts:
            if shown.count(text) != 1:
                return f"there {shown.count(text)} times: {text}"
        places = [shown.index(text) for text in texts]
        return "" if places == sorted(places) else "the order is another"

    return instead
