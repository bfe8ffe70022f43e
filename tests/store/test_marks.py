"""What is kept once: by class, read as it was written or set aside, and found again after an upgrade (P3, P7)."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chaport_sync.core.health import Beat
from chaport_sync.core.model import OwnAgent
from chaport_sync.core.notices import Attendance, Told
from chaport_sync.core.replies.echoes import AnswerIds
from chaport_sync.core.replies.selection import CasesAgain
from chaport_sync.core.settings_in_force import Accounts, Rejection, RulesInForce
from chaport_sync.core.spending import Spent, Used
from chaport_sync.core.statuses.lease import LeaseInForce
from chaport_sync.core.statuses.pairing import Pairs
from chaport_sync.core.transcripts.read_back import Sighting
from chaport_sync.core.transcripts.turns import Lateness
from chaport_sync.core.transcripts.watch import Noticed, Swept, VisitorOrder
from chaport_sync.store import Store, StoreError
from chaport_sync.store.schema import MIGRATIONS
from tests.store.stores import KEPT, chat, line, opened, rows

#: Each record with everything in it, as it stands in a file.
FILE = {
    "Accounts": '{"deskie": "acme.deskie.io", "chaport": "app.chaport.com"}',
    "AnswerIds": '{"mark": "0badcafe", "marked_since": 1.5}',
    "Attendance": '{"nobody_since": 1.5, "left": null}',
    "Beat": '{"good_at": 1.5, "failing_since": 2.5, "error": "Deskie: 401", "at": 3.5}',
    "CasesAgain": '{"due": {"2001": [1.5, 2.5]}}',
    "ClocksAhead": '{"seconds": {"Chaport": -3600.5}}',
    "Lateness": '{"seconds": 90.5, "visitors": 12}',
    "LeaseInForce": '{"seconds": 200.5, "configured": 60.5, "reason": "there are many"}',
    "Noticed": '{"visitors": ["v1", "v2"]}',
    "OperatorsListed": '{"known": {"op1": ["Ann", false]}, "missed": ["b1"]}',
    "OwnAgent": '{"staff_id": "41"}',
    "OwnStatuses": '{"names": {"120273": "Lunch"}}',
    "Pairs": '{"drivers": {"op1": ["1", "2"]}}',
    "Rejection": '{"at": 1.5, "problems": ["[status] polll: unknown key"]}',
    "RepliesLook": '{"since": 1.5, "looked": 2.5}',
    "RulesInForce": (
        '{"flows": ["statuses"], "polls": {"statuses": 15.0}, "keep": 30, "presence": {"offline_grace": 180.0,'
        ' "lease": 600.0, "hold": 1800.0, "respect": false, "pace": 2.0}, "cases": {"own": true, "channel": "cch12",'
        ' "wait": 3600.0, "goes_on_closed": false, "deliver": "digest", "gather": 60.0, "ended_after": 1800.0,'
        ' "pending": true, "reopen_on_handoff": true, "unanswered": 120.0, "visitor_included": true}}'
    ),
    "Sighting": '{"at": 1.5, "case_id": "2001"}',
    "Spent": (
        '{"at": 1.5, "deskie": {"held": 2.5, "started": 3.5, "uses": [[4.0, 5]], "uses_by_others": [[6.0, 7]]},'
        ' "chaport": {"held": 0.0, "started": null, "uses": [], "uses_by_others": []}}'
    ),
    "Start": '{"first": 1.5, "forgotten_before": 2.5, "forgot_at": 3.5}',
    "Swept": '{"at": 1.5}',
    "Told": '{"services": {"tgram": {"troubles": {"nobody_online": 1.5}, "answers": 2, "answers_at": 2.5}}}',
    "Unread": '{"chaport_read": 1.5, "held_until": 2.5}',
    "VisitorOrder": '{"marks": [["v1", "f1 12"]]}',
}


def put(store: Store, name: str, value: str) -> None:
    """Put anything into the file under a name."""
    with store.connection.writing() as write:
        write.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


@pytest.mark.parametrize("kind", KEPT, ids=lambda kind: kind.__name__)
def test_what_stands_in_a_file_stays_the_same(ledger: Store, kind: type[Any]) -> None:
    """P7: what an earlier version wrote is read, and written so again: another name or shape needs a migration."""
    put(ledger, kind.__name__, FILE[kind.__name__])
    found = ledger.marks.find(kind)
    assert found is not None
    ledger.marks.put(found)
    assert ledger.connection.all("SELECT * FROM meta")[0]["value"] == FILE[kind.__name__]
    assert not ledger.connection.damaged


def test_every_record_has_its_example() -> None:
    """P7: a new one is looked at here too."""
    assert sorted(FILE) == sorted(kind.__name__ for kind in KEPT)


def test_what_is_not_known(ledger: Store) -> None:
    """P7: where there is no record there is none, or an empty one; those of others are not taken for it."""
    ledger.marks.put(Beat(1.5), of="statuses")
    found = (ledger.marks.find(Beat), ledger.marks.get(Beat), ledger.marks.get(Beat, "replies"))
    assert found == (None, Beat(), Beat())
    assert ledger.marks.get(Beat, "statuses") == Beat(1.5)


def test_several_are_recorded_together(ledger: Store) -> None:
    """P1: all or none."""
    ledger.marks.put(OwnAgent("41"), Swept(1.5))
    (pages,) = ledger.connection.all("PRAGMA page_count")[0]
    ledger.connection.all(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="full"):
        ledger.marks.put(OwnAgent("42"), Swept(2.5), AnswerIds("x" * 100_000))
    assert (ledger.marks.get(OwnAgent), ledger.marks.get(Swept)) == (OwnAgent("41"), Swept(1.5))


def test_with_a_chat_or_not_at_all(ledger: Store) -> None:
    """P1: what was learned with a chat is not recorded without it, nor the chat without that."""
    with pytest.raises(OverflowError):
        ledger.record(chat(), [line("a", seq=2**63)], marks=[OwnAgent("41")])
    assert (ledger.transcripts.chat(("v", "1")), ledger.marks.find(OwnAgent)) == (None, None)
    with pytest.raises(AttributeError):
        ledger.record(chat(), [line("a")], marks=[object()])
    assert (ledger.transcripts.chat(("v", "1")), ledger.counts.lines()) == (None, {})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        pytest.param(Beat, "{", id="no JSON"),
        pytest.param(Beat, "[]", id="no record"),
        pytest.param(Beat, "null", id="nothing"),
        pytest.param(Beat, '{"gooe_at": 1.5}', id="a field that there is not"),
        pytest.param(LeaseInForce, '{"seconds": 1.5}', id="a field too few"),
        pytest.param(OwnAgent, '{"staff_id": 41}', id="a number for a text"),
        pytest.param(Beat, '{"good_at": "1.5"}', id="a text for a number"),
        pytest.param(Beat, '{"good_at": true}', id="a truth for a number"),
        pytest.param(Beat, f'{{"good_at": 1{"0" * 400}}}', id="a number without end"),
        pytest.param(Lateness, '{"visitors": 1.5}', id="half a visitor"),
        pytest.param(Beat, '{"error": null}', id="nothing for a text"),
        pytest.param(Noticed, '{"visitors": ["v1", 2]}', id="a number among texts"),
        pytest.param(Noticed, '{"visitors": "v1"}', id="a text for texts"),
        pytest.param(VisitorOrder, '{"marks": [["v1", "f", "g"]]}', id="three for two"),
        pytest.param(CasesAgain, '{"due": {"2001": [1.5]}}', id="one for two"),
        pytest.param(CasesAgain, '{"due": [["2001", 1.5]]}', id="a list for names"),
        pytest.param(Pairs, '{"drivers": {"op1": "12"}}', id="a text for a list"),
        pytest.param(Spent, '{"deskie": {"held": []}}', id="within another record"),
    ],
)
def test_what_was_never_written_so(ledger: Store, kind: type[Any], value: str) -> None:
    """P3: it is set aside, and the record is empty or not there; nothing of another type gets into a decision."""
    put(ledger, kind.__name__, value)
    assert ledger.marks.find(kind) is None
    assert list(ledger.connection.damaged) == [f"what is remembered as {kind.__name__}"]


def test_what_an_older_version_did_not_know(ledger: Store) -> None:
    """P7: a field that is missing has its default, if it has one."""
    put(ledger, "Beat.statuses", '{"good_at": 1.5, "failing_since": 2.5, "error": "Deskie: 401"}')
    assert ledger.marks.get(Beat, "statuses") == Beat(1.5, 2.5, "Deskie: 401")


def test_whole_numbers_are_times_too(ledger: Store) -> None:
    """P7: an older version may have written a time without its fraction."""
    put(ledger, "Swept", '{"at": 2}')
    assert type(ledger.marks.get(Swept).at) is float


#: What the version before kept, by name.
OLDER = {
    "accounts": FILE["Accounts"],
    "answer_ids": FILE["AnswerIds"],
    "clocks": '{"Chaport": -3600.5}',
    "config_rejected": "null",
    "drivers": '{"op1": ["1", "2"]}',
    "first_start": "1.5",
    "flow.statuses": '{"good_at": 1.5, "failing_since": null, "error": "", "at": 3.5}',
    "forgot_at": "3.5",
    "forgotten_before": "2.5",
    "lateness.reading": FILE["Lateness"],
    "lease": FILE["LeaseInForce"],
    "operators_listed": '{"op1": ["Ann", false]}',
    "other_instance": '[1.5, "2001"]',
    "own_staff_id": '"41"',
    "paired_agents": '["1", "2"]',
    "paired_operators": '["op1"]',
    "replies_again": '{"2001": [1.5, 2.5]}',
    "replies_looked": "2.5",
    "replies_since": "1.5",
    "rules": FILE["RulesInForce"],
    "spent": '{"deskie": {"held": 2.5, "started": 3.5, "uses": [[4, 5]], "uses_by_others": []}, "at": 1.5}',
    "status_names": '{"120273": "Lunch"}',
    "status_unread": FILE["Unread"],
    "swept_at": "1.5",
    "unread": '["v1", "v2"]',
    "visitor_order": '[["v1", "f1 12"]]',
}
#: What came to these records since.
ADDED = {"OperatorsListed": {"missed": ["b1"]}}


def older(path: Path, values: dict[str, str]) -> None:
    """Make a state file of the version before."""
    with closing(sqlite3.connect(path)) as connection:
        for number, script in enumerate(MIGRATIONS[:8]):
            connection.executescript(f"{script} PRAGMA user_version = {number + 1};")
        connection.executemany("INSERT INTO meta VALUES (?, ?)", values.items())
        connection.commit()


def test_what_the_version_before_kept(tmp_path: Path) -> None:
    """P7: nothing is forgotten that counts for longer than a run."""
    older(tmp_path / "state.db", OLDER)
    with opened(tmp_path / "state.db") as store:
        # The rules in force are recorded anew by each start; it sent no notices.
        for kind in set(KEPT) - {Attendance, Beat, Lateness, Rejection, RulesInForce, Sighting, Spent, Told}:
            (row,) = store.connection.all("SELECT value FROM meta WHERE key = ?", kind.__name__)
            assert json.loads(row["value"]) | ADDED.get(kind.__name__, {}) == json.loads(FILE[kind.__name__])
            assert store.marks.find(kind) is not None
        assert store.marks.get(Spent) == Spent(1.5, Used(2.5, 3.5, ((4.0, 5),)))
        assert store.marks.get(Beat, "statuses") == Beat(1.5, at=3.5)
        assert store.marks.get(Lateness, "reading") == Lateness(90.5, 12)
        assert (store.marks.find(Rejection), store.marks.find(Sighting)) == (None, None)
        assert not store.connection.damaged


def test_a_first_file_has_no_records(tmp_path: Path) -> None:
    """P7: nothing is known where nothing was, and no name of the version before is left."""
    older(tmp_path / "state.db", {})
    Store.open(tmp_path / "state.db").close()
    assert rows(tmp_path / "state.db", "SELECT * FROM meta") == []


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [("spent", "{", Spent), ("spent", "[]", Spent), ("unread", '"v1"', Noticed), ("own_staff_id", "41", OwnAgent)],
)
def test_what_was_damaged_before(tmp_path: Path, name: str, value: str, kind: type[Any]) -> None:
    """P3: an upgrade is not held up by a damaged record, and that is set aside when it is read."""
    older(tmp_path / "state.db", OLDER | {name: value})
    with opened(tmp_path / "state.db") as store:
        assert store.marks.find(kind) is None
        assert list(store.connection.damaged) == [f"what is remembered as {kind.__name__}"]


@pytest.mark.parametrize("value", ["{", '{"halves": ["statuses"]}', '{"flows": ["statuses"]}'])
def test_rules_of_a_version_long_ago(tmp_path: Path, value: str) -> None:
    """P7: what does not say how often each flow polls is written anew by the daemon's start."""
    older(tmp_path / "state.db", OLDER | {"rules": value})
    with opened(tmp_path / "state.db") as store:
        assert store.marks.find(RulesInForce) is None


@pytest.mark.parametrize("value", ["{", "[]", '"x"', "5", '{"deskie": 5, "chaport": "c"}'])
def test_accounts_that_cannot_be_read(tmp_path: Path, value: str) -> None:
    """P7: a file that does not tell to whom it belongs is bound to nobody else, and the message says what to do."""
    accounts = Accounts("acme.deskie.io", "app.chaport.com")
    with opened(tmp_path / "state.db") as store:
        store.bind(accounts)
        store.connection._sqlite.execute("UPDATE meta SET value = ? WHERE key = 'Accounts'", (value,))
    with opened(tmp_path / "state.db") as store, pytest.raises(StoreError, match=r"which accounts.*restore a backup"):
        store.bind(accounts)
