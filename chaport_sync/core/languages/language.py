"""The texts of one language."""

from dataclasses import dataclass
from datetime import tzinfo


@dataclass(frozen=True, slots=True)
class Language:
    """All texts of one language; `{…}` stands for what is filled in by `str.format`.

    Attributes:
        subject: The subject of a new case; `{visitor}` is the visitor's name.
        visitor: What a visitor without a name is called, also as a customer in Deskie.
        bot: What a bot without a name is called.
        operator: What an operator without a name is called.
        unnamed: What an author is called who has no name, and may be a bot or a former operator.
        as_visitor: The mark behind the name of a visitor.
        as_bot: The mark behind the name of a bot.
        as_either: The mark behind the name of an author who may be a bot or a former operator.
        like_marks: Words that would pass for a mark if they stood behind a name.
        heading: The beginning of a chat's heading; `{chat}` is the chat's number.
        typed: What the visitor typed about itself, in the heading.
        page: The page of the chat, in the heading.
        with_bot: The bot of the chat, in the heading.
        answers_stay: That answers do not reach the visitor.
        answers_go: That answers are sent to the visitor.
        late: The heading of lines that were parked; `{time}` is when the first was written.
        reference: What stands before the codes of a note; `{chat}` is the chat's number.
        file: What stands before a file's name and address.
        not_shown: What stands before the type of a message that cannot be shown.
        not_sent: That an answer did not reach the visitor; `{why}` is one of the next seven, `{which}` of the three
            after them.
        no_operator: Nobody in Chaport answers for this agent.
        too_old: The answer could not be sent in time.
        not_theirs: The case is another customer's.
        merged: The answer may be meant for the customer of a case that was merged.
        gone: Chaport does not know the visitor any more.
        empty: Nothing in the answer can be sent.
        refused: Chaport did not take it.
        answer: How the answer began.
        rest: How the part began that was not sent; the visitor may have the parts before it.
        numbered: The number of an answer without words.
        changed: That the visitor keeps an answer which was changed in Deskie.
        deleted: That the visitor keeps an answer which was deleted in Deskie.
    """

    subject: str
    visitor: str
    bot: str
    operator: str
    unnamed: str
    as_visitor: str
    as_bot: str
    as_either: str
    like_marks: tuple[str, ...]
    heading: str
    typed: str
    page: str
    with_bot: str
    answers_stay: str
    answers_go: str
    late: str
    reference: str
    file: str
    not_shown: str
    not_sent: str
    no_operator: str
    too_old: str
    not_theirs: str
    merged: str
    gone: str
    empty: str
    refused: str
    answer: str
    rest: str
    numbered: str
    changed: str
    deleted: str


@dataclass(frozen=True, slots=True)
class Locale:
    """How notes are written: their language, and the time zone of their times."""

    language: Language
    zone: tzinfo
