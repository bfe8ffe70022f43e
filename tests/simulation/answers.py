"""What agents answer in cases, in whatever form, and what they change of it afterwards."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape

from chaport_sync.sandbox.deskie.records import Case, Message, Staff
from tests.simulation.people import REPEATED, People
from tests.simulation.replying import Replying
from tests.simulation.setting import Setting

#: Only what was written among so many last answers is edited or deleted.
RECENT = 12
KINDS = {
    "plain": 30,
    "several": 8,
    "repeated": 6,
    "markup": 8,
    "file": 5,
    "only file": 4,
    "long": 6,
    "delayed": 8,
    "rule": 5,
    "note": 6,
    "nothing": 1,
    "edit": 6,
    "delete": 5,
}


@dataclass(eq=False)
class Answer:
    """Something that an agent wrote in a case.

    Attributes:
        mark: Stands in each of its rows, e.g. `<a17>`; empty for words that are repeated, or where there are none.
        at: When it was written, in the world's seconds, and `due` when it is to be sent.
        versions: What a visitor is to read, and since when the agent wants it so.
        deleted_at: When the agent deleted it.
        moves: The cases that it came into by merging, and when.
    """

    mark: str
    kind: str
    message: Message
    agent: Staff
    case: Case
    at: float
    due: float
    versions: list[tuple[float, str]]
    deleted_at: float | None = None
    moves: list[tuple[float, Case]] = field(default_factory=list)

    @property
    def cases(self) -> list[Case]:
        """The cases in which it stood, the first one first."""
        return [self.case, *(case for _, case in self.moves)]

    @property
    def name(self) -> str:
        """How a report calls it."""
        return f"{self.kind} answer {self.mark or self.message.id}"


class Answers:
    """Agents who answer customers in their cases, and everything that they have written."""

    def __init__(self, people: People, setting: Setting, replying: Replying) -> None:
        self._people = people
        self._deskie = people.deskie
        self._longest = int(setting.config["replies.max_length"])
        self._chance = random.Random(f"answers {setting.seed}")
        self.pace = replying.pace
        self.written: list[Answer] = []

    def arrive(self) -> None:
        """Two more who answer: an agent without an operator, and the account's owner, who is not among the agents."""
        self._lonely = self._deskie.add_agent("Agnes-lonely", "lonely@acme.example", 2)
        now = self._deskie.now()
        self._owner = Staff(41000, "Otto-owner", "owner@acme.example", 1, active=True, created_at=now, updated_at=now)

    def agent_answers(self) -> None:
        """An agent writes in a case, or changes what was written."""
        kind = self._chance.choices([*KINDS], weights=[*KINDS.values()])[0]
        cases = [case for case in self._deskie.cases if not (case.parent_case_id or case.deleted or case.spam)]
        if not cases:
            return
        case = self._chance.choice(cases[-8:])
        match kind:
            case "edit":
                self._edit()
            case "delete":
                self._delete()
            case "several":
                first, second = self._agent(), self._agent()
                for _ in range(self._chance.randint(2, 5)):
                    self._write(case, self._chance.choice([first, second]), "plain")
            case _:
                self._write(case, self._agent(), kind)

    def answer_plainly(self, case: Case, agent: Staff) -> None:
        """An agent who works on a case answers in it."""
        self._write(case, agent, "plain")

    def merged(self, case: Case, into: Case) -> None:
        """A case was merged into another one: what stood in it stands there now, unless it stays where it was."""
        standing = {message.id for message in into.messages}
        for answer in self.written:
            if answer.message.id in standing and self.place_of(answer) is case:
                answer.moves.append((self._now, into))

    @staticmethod
    def place_of(answer: Answer) -> Case:
        """Return the case in which an answer stands now, or stood last."""
        return answer.cases[-1]

    @property
    def _now(self) -> float:
        return self._people.world.time.elapsed

    def _agent(self) -> Staff:
        dice = self._chance.random()
        if dice < 0.08:
            return self._lonely
        return self._owner if dice < 0.12 else self._chance.choice(self._deskie.staff[1:])

    def _write(self, case: Case, agent: Staff, kind: str) -> None:
        mark = "" if kind in ("repeated", "nothing") else f"<a{len(self.written)}>"
        files = []
        html, text, due = "", f"{mark} words", self._now
        match kind:
            case "repeated":
                text = f"{self._chance.choice(REPEATED)} {agent.name}"
            case "markup":
                rows = [f"{mark} first & row", f'"second" {mark}', f"third {mark} 🙂"]
                html, text = f"<div><p>{escape(rows[0])}</p><p>{'<br>'.join(map(escape, rows[1:]))}</p></div>", ""
            case "nothing":
                html, text = '<p><img src="https://acme.deskie.io/smile.png"></p>', ""
            case "file" | "only file":
                names = [f"{mark} scan.pdf", f"{mark} a photo.png"][: self._chance.randint(1, 2)]
                files = [self._deskie.file(name) for name in names]
                text = text if kind == "file" else ""
            case "long":
                row = f"{mark} long words, "
                text = (row * 40 + "\n" if self._chance.random() < 0.5 else row * 9) * (self._longest // 100)
        wanted = "\n".join(rows) if kind == "markup" else text
        wanted = "\n".join([wanted, *(f"{file.name}: {file.url}" for file in files)])
        if kind == "note":
            message = self._deskie.agent_notes(case, agent, text)
        else:
            due += self._chance.uniform(20, 400) if kind == "delayed" else 0
            send_at = self._deskie.now() + timedelta(seconds=due - self._now) if kind == "delayed" else None
            message = self._deskie.agent_replies(
                case, agent, text, html=html, via_rule=kind == "rule", send_at=send_at, attachments=files
            )
        answer = Answer(mark, kind, message, agent, case, self._now, due, [(self._now, wanted)])
        self.written.append(answer)
        later = f", due in {due - self._now:.0f} s" if kind == "delayed" else ""
        self._tell(f"agent {agent.id} writes {answer.name} (message {message.id}) in case {case.id}{later}", answer)

    def _edit(self) -> None:
        answer = self._recent()
        if answer is not None:
            text = f"{answer.mark} other words, no. {len(answer.versions)}"
            files = [f"{file.name}: {file.url}" for file in answer.message.attachments]
            self._deskie.agent_edits(self.place_of(answer), answer.message, text)
            answer.versions.append((self._now, "\n".join([text, *files])))
            self._tell(f"{answer.name} is edited", answer)

    def _delete(self) -> None:
        answer = self._recent()
        if answer is not None:
            self._deskie.agent_deletes(self.place_of(answer), answer.message)
            answer.deleted_at = self._now
            self._tell(f"{answer.name} is deleted", answer)

    def _recent(self) -> Answer | None:
        """Return one of the last answers that stand where they can be found, and can be told from others."""
        found = [
            each
            for each in self.written[-RECENT:]
            if each.mark and each.deleted_at is None and each.message in self.place_of(each).messages
        ]
        return self._chance.choice(found) if found else None

    def _tell(self, text: str, answer: Answer) -> None:
        user = self._deskie.find_user(answer.case.user_id)
        self._people.tell(text, answer.mark, answer.message.id, answer.case.id, user.custom_id if user else "")
