"""What a service may answer, hidden: whatever it is, it can be hidden, described and judged."""

import json
import re
import string
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as any_of

from chaport_sync.config import Settings
from chaport_sync.questions.mask import Mask
from chaport_sync.questions.recorded import Evidence, Exchange
from chaport_sync.questions.recorder import Recorder
from chaport_sync.questions.settings import hidden, told
from chaport_sync.questions.shapes import shapes, unfamiliar
from chaport_sync.questions.table import settled

SETTINGS = Settings.model_validate({"deskie": {"url": "https://acme.deskie.io", "email": "sync@acme.example"}})
KINDS = ("/staff.json", "/cases.json", "/cases/7/messages.json", "/operators", "/visitors", "/visitors/7/chats")
NAMES = ("result", "links", "more", "next", "case", "staff", "0", "status", "id", "events", "type", "params", "text")

LEAVES = any_of.none() | any_of.booleans() | any_of.integers() | any_of.floats() | any_of.text()
JSON = any_of.recursive(
    LEAVES,
    lambda inner: any_of.lists(inner) | any_of.dictionaries(any_of.sampled_from(NAMES) | any_of.text(), inner),
    max_leaves=30,
)


@given(body=JSON, kind=any_of.sampled_from(KINDS), status=any_of.sampled_from([200, 404, 429]))
def test_any_answer_is_hidden_and_judged(body: Any, kind: str, status: int) -> None:
    """Nothing that a service answers ends a report or a check, and each question has its say."""
    recorder = Recorder(Mask(b"key"))
    service = "Deskie" if kind.endswith(".json") else "Chaport"
    recorder.inward(service, kind, status, {}, json.dumps(body).encode())
    recorder.inward("Chaport", "/visitors/7/chats/1/events", 200, {}, b'{"result": []}')
    evidence = Evidence(tuple(recorder.exchanges))
    assert len(settled(evidence, SETTINGS)) == 39
    assert len(settled(Evidence((Exchange(service, kind, status, {}, body),)), SETTINGS)) == 39
    assert all(where and what for where, what in unfamiliar(shapes(evidence)))


@given(word=any_of.text(string.ascii_letters + string.digits + " .@:_-", min_size=9).filter(str.strip))
def test_texts_do_not_pass(word: str) -> None:
    """A text of a customer's passes under no field, unless it is a time, a link or a word of the trade."""
    found = "\x00zq" + word
    mask = Mask(b"key")
    for name in ("text", "content", "status", "type", "name", "created_at", "next", "link", "custom", "", "error"):
        assert word not in json.dumps(mask.body({name: found, found: [found]}))


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("ann@acme.example", r"[0-9a-f]{8}@hidden\.example"),
        ("59747c3ff77948220136b7b3", "[0-9a-f]{24}"),
        ("41094", r"\d{12}"),
        ("cch12", r"cch\d{12}"),
        ("https://acme.example/a?b=c", r"https://hidden\.example/[0-9a-f]{8}"),
        ("Mary Smith", "text:[0-9a-f]{8}"),
        ("1", "1"),
    ],
)
def test_values_keep_their_form(value: str, form: str) -> None:
    """So that the program reads hidden answers as it reads real ones; equal values stay equal."""
    hides = Mask(b"key")
    assert re.fullmatch(form, hides.identity(value))
    assert hides.identity(value) == hides.identity(f" {value} ") == Mask(b"key").identity(value)
    assert value == "1" or hides.identity(value) != Mask(b"other").identity(value)
    assert hides.path(f"/cases/{quote(hides.identity(value), safe='')}.json") == f"/cases/{quote(value, safe='')}.json"


def test_numbers_and_texts_of_one_id_are_one() -> None:
    """An id may come as a number here and as a text there, and an address in capital letters."""
    hides = Mask(b"key")
    assert str(hides.body(41094, "staff_id")) == hides.body("41094", "staff_id")
    assert hides.identity("Ann@Acme.example") == hides.identity("ann@acme.example")


def test_links_keep_their_way() -> None:
    """Names of the API and the page stay, ids are replaced; of a link to elsewhere nothing stays."""
    hides = Mask(b"key", ["app.chaport.com"])
    visitor = hides.identity("59747c3ff77948220136b7b3")
    links = {
        "next": "/api/v1/visitors?page=2",
        "more": ["https://app.chaport.com/api/v1/visitors/59747c3ff77948220136b7b3/chats/1"],
    }
    assert hides.body(links) == {
        "next": "/api/v1/visitors?page=2",
        "more": [f"https://app.chaport.com/api/v1/visitors/{visitor}/chats/1"],
    }
    assert "secret" not in str(hides.body({"next": "https://secret.example/api/v1/visitors?page=2"}))
    assert "secret" not in str(hides.body({"next": "/api/v1/visitors?page=2&q=secret"}))


def test_bytes_that_are_no_text() -> None:
    """They are read as the daemon reads them: a mark at the beginning is skipped, a wrong byte is one wrong letter."""
    content = Recorder(Mask(b"key")).inward("Deskie", "/staff.json", 200, {}, b'\xef\xbb\xbf{"status": "\xff"}')[1]
    assert json.loads(content)["status"].startswith("text:")


def test_an_answer_that_is_nested_deeply() -> None:
    """What is nested so deep that nothing reads it is left out."""
    body = json.loads("[" * 400 + "]" * 400)
    assert str(Mask(b"key").body(body)).count("[") < 50


def test_settings_are_hidden_as_answers_are() -> None:
    """People and channels of the configuration have the names that they have in hidden answers."""
    hides = Mask(b"key")
    settings = SETTINGS.model_copy(
        update={
            "agents": SETTINGS.agents.model_copy(update={"exclude": ("ann@acme.example",)}),
            "status": SETTINGS.status.model_copy(update={"map": {113808: "online", 3: "keep"}}),
        }
    )
    judged = hidden(settings, hides)
    assert judged.agents.exclude == (hides.body("ann@acme.example", "staff_email"),)
    assert judged.status.map == {hides.body(113808, "status_id"): "online", 3: "keep"}
    rows = dict(told(settings, hides))
    assert (rows["[deskie] url"].partition("text:")[0], rows["[deskie] api_key"]) == ("https://", "not set")
    assert (rows["[status] lease"], rows["[chaport] invisible_word"], rows["[agents] match_by_email"]) == (
        "600.0",
        "away",
        "true",
    )
