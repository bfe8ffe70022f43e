"""What the Deskie reference leaves open (its section 9), as switches: a client must live with each setting."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass
class DeskieQuirks:
    """The defaults are the reference's best guess, or the harsher reading where it has none."""

    #: `{"case": []}`, `{"total_count": 0}`, `[]` or `{}`
    empty_list: Literal["key", "count", "array", "object"] = "count"
    lists_as_arrays: bool = False
    omit_total_count: bool = False
    ids_as_strings: bool = False
    extra_fields: bool = False
    #: agents carry only the deprecated word
    omit_status_id: bool = False
    #: as in the vendor's own samples
    wrong_weekdays: bool = False

    #: answers give `content` as "" and the text in `content_html`
    content_only_html: bool = False
    #: lines become `<p>` elements instead of being joined by `<br>`
    html_paragraphs: bool = False
    #: lines are answered with `\r\n` between them
    crlf: bool = False
    #: contents that hold this text are refused
    reject_text: str = ""
    #: characters
    max_length: int | None = None

    #: messages do not say when they were sent, as in one of the reference's samples
    omit_sent_at: bool = False
    #: when a delayed reply was sent, as told before that time: the time, or `-`
    delayed_sent_at: Literal["time", "dash"] = "time"

    #: the status of a case that is opened without one
    initial_status: str = "open"
    #: whether a case has the status, and the time, that it is opened with
    opening_sets_status: bool = True
    opening_sets_time: bool = True
    #: channel keys whose cases do not take the status `waiting`: the answer is 200, the status is the old one
    refuse_waiting: set[str] = field(default_factory=set)
    #: whether a customer's message opens a case that waits, and through the API one that is closed (reference 8)
    customer_message_reopens: bool = True
    closed_case_reopens: bool = False
    closed_rejects_messages: bool = False
    merge_moves_messages: bool = True
    note_touches_updated_at: bool = True
    #: whether an agent's change of a message, or its deletion, moves the case's `updated_at`
    edit_touches_updated_at: bool = True

    #: seconds of silence of both sides after which a chat in a sync channel ends by itself; None: it never does
    chat_ends_after: float | None = 600.0
    #: whether an agent's message makes an ended chat active again, as a customer's does
    agent_message_reactivates: bool = True
    #: which spelling of yes is understood in a search; the other one is refused
    show_active_chats: Literal["either", "1", "true"] = "either"

    note_route: Literal["note", "notes"] = "note"
    #: what the answer to a new note stands under
    note_wrapper: Literal["message", "note"] = "message"
    #: it does not tell by `note` what it is
    note_flag_missing: bool = False
    #: what was sent as a note becomes an agent's message, which reaches the customer
    note_becomes_message: bool = False

    #: a refusal of a record or a parameter comes with status 200
    error_in_200: bool = False
    #: whether the minute of the limit is the clock's, or the last sixty seconds
    minute: Literal["fixed", "sliding"] = "fixed"
    #: `retry_after` comes with the last answers before the limit too, and not only with the refusal
    retry_after_early: bool = False
    #: as before June 2024
    rate_limit_as_403: bool = False
    #: seconds until a new case is found by a search
    search_lag: float = 0.0
    #: whether deleted and spam cases are listed
    lists_trashed: bool = True
    #: how `user_custom_id` is compared: like other texts, or as a whole and without a meaning of `^`
    custom_id_search: Literal["text", "exact"] = "text"
    #: a user's channel is given as `12` instead of `cch12`
    bare_channel: bool = False
