"""The shapes that are known from the vendors' pages and from programs: what else comes is news for everybody."""

import re
from collections.abc import Mapping

#: Types of values, by a letter: a number or an id, text, true or false, a time, a list, an object.
_TYPES: Mapping[str, frozenset[str]] = {
    "n": frozenset({"number", "digits", "id"}),
    "t": frozenset({"text", "digits", "id", "number", "e-mail address", "address"}),
    "b": frozenset({"true or false", "number", "digits", "text"}),
    "d": frozenset({"time", "time as a number", "dash"}),
    "l": frozenset({"list"}),
    "o": frozenset({"object"}),
}
_EMPTY = frozenset({"null", "empty text", "empty list", "empty object", "dash"})

_CASE = """case_id:n case_number:t subject:t user_id:n staff_id:n group_id:n status:t priority:t channel:t recipient:t
    recipient_cc:t recipient_bcc:t cc_emails:t bcc_emails:t deleted:b spam:b created_at:d closed_at:d updated_at:d
    last_response_at:d closing_speed:n parent_case_id:n language_id:n custom_fields:o labels:l labels[]:n
    locked_labels:l locked_labels[]:n rating:t rating_comment:t rated_staff_id:n"""
_EVENT = """id:n type:t timestamp:d createdAt:d date:d time:d externalId:t params:o params.text:t params.operatorId:n
    params.botId:n params.isBot:b params.bot:bo params.operator:no params.operator.id:n params.operator.name:t
    params.operator.isBot:b params.url:t params.link:t params.name:t params.fileName:t params.file:o params.file.url:t
    params.file.name:t params.externalId:t params.title:t params.email:t"""
_VISITOR = "id:n name:t email:t phone:t lastSeen:d location:to notes:t utm:o custom:o"
_CHAT = "id:n stage:t operators:l operators[]:n missed:b rating:nt startPage:to startPage.url:t events:l events[]:o"
#: The fields of a record, by the kind of request and the path of the record.
_RECORDS: Mapping[str, tuple[str, str]] = {
    "/staff.json": (
        "[].staff",
        """staff_id:n staff_email:t staff_full_name:t staff_signature:t staff_signature_chat:t thumbnail:t active:b
        status:t status_id:n created_at:d updated_at:d""",
    ),
    "/staff_statuses.json": ("[].staff_statuses", "status_id:n status:t active:b"),
    "/custom_channels.json": (
        "[].custom_channel",
        "channel_id:n channel_api_key:t title:t channel_type:t icon:t webhook_url:t active:b",
    ),
    "/cases.json": ("[].case", _CASE),
    "/cases/ID.json": ("case", _CASE),
    "/cases/ID/messages.json": (
        "[].message",
        """message_id:n user_id:n staff_id:n content:t content_html:t attachments:l attachments[]:o
        attachments[].file_id:n attachments[].file_name:t attachments[].file_size:n attachments[].mime_type:t
        attachments[].url:t note:b sent_via_rule:b created_at:d sent_at:d is_viewed:b""",
    ),
    "/cases/ID/changelog.json": ("changelog[]", "created_at:d event:t done_by:t old_value:t value:t"),
    "/users/ID.json": (
        "user",
        """user_id:n user_full_name:t type:t user_email:t user_phone:t user_custom_id:t user_custom_channel:t
        confirmed:b active:b deleted:b linked_users:l linked_users[]:n created_at:d updated_at:d company_name:t
        company_position:t thumbnail:t language_id:n custom_fields:o user_note:t""",
    ),
    "/operators": (
        "result[]",
        """id:n email:t name:t language:t jobTitle:t role:t lastLoginAt:d lastActivityAt:d image:t lastStatus:t
        realStatus:t isBot:b deactivated:b isDeactivated:b""",
    ),
    "/visitors": ("result[]", _VISITOR),
    "/visitors/ID": ("result", _VISITOR),
    "/visitors/ID/chats": ("result", _CHAT),
    "/visitors/ID/chats/ID": ("result", _CHAT),
    "/visitors/ID/chats/ID/events": ("result[]", _EVENT),
}
#: What stands around the records.
_AROUND = frozenset(
    {"", "[]", "result", "links", "links.next", "links.more", "links.more[]", "total_count", "count", "changelog"}
)
#: The kinds of request whose answers are not used.
_UNUSED = frozenset({"/me.json"})
#: Below these fields the account's own names stand.
_FREE = re.compile(r"(?:^|\.)(?:custom|custom_fields|utm|location)\b")


def is_familiar(kind: str, path: str, type_: str) -> bool:
    """Return whether answers to this kind of request are known to have such a value at this path."""
    if kind in _UNUSED or _FREE.search(path):
        return True
    if path in _AROUND:
        return type_ != "no JSON"
    record, fields = _RECORDS.get(kind, ("", ""))
    if not record:
        return False
    if path in (record, record.partition("].")[2] or record):
        return type_ == "object" or type_ in _EMPTY
    if not path.startswith(f"{record}."):
        return False
    inner, known = path.removeprefix(f"{record}."), fields
    if kind in ("/visitors/ID/chats", "/visitors/ID/chats/ID") and inner.startswith("events[]."):
        inner, known = inner.removeprefix("events[]."), _EVENT
    letters = dict(each.split(":") for each in known.split()).get(inner)
    return letters is not None and (type_ in _EMPTY or any(type_ in _TYPES[letter] for letter in letters))
