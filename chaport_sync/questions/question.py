"""One open question about a service, and what is known of its answer."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from chaport_sync.config import Settings
from chaport_sync.questions.recorded import Evidence

#: What to do where no setting helps.
DEVELOPERS = "tell the developers"


class Outcome(StrEnum):
    """How far the evidence answers a question."""

    AS_ASSUMED = "as assumed"
    OTHERWISE = "otherwise"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Settled:
    """What the evidence says.

    `words` say how it is, or why it stays open. `change` is what to do where it is otherwise: lines of the
    configuration if one can be changed. `told` says that `check` tells this by another finding already.
    """

    outcome: Outcome
    words: str
    change: str = ""
    told: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the last tables of docs/deskie-api.md and docs/chaport-api.md.

    Attributes:
        code: The row's number; those of Deskie have a D in front, those of Chaport a U.
        asks: The question.
        assumed: What the daemon does, until it is settled.
        settle: Says what the evidence settles, given the configuration in force.
    """

    code: str
    asks: str
    assumed: str
    settle: Callable[[Evidence, Settings], Settled]

    @property
    def page(self) -> str:
        """Where the question stands in the documentation."""
        name = "deskie" if self.code.startswith("D") else "chaport"
        return f"docs/{name}-api.md#9-what-is-open-and-what-is-done-about-it"


def as_assumed(words: str) -> Settled:
    """Return that it is as the daemon assumes."""
    return Settled(Outcome.AS_ASSUMED, words)


def otherwise(words: str, change: str = "", *, told: bool = False) -> Settled:
    """Return that it is not as the daemon assumes, and what to change."""
    return Settled(Outcome.OTHERWISE, words, change, told)


def still_open(words: str) -> Settled:
    """Return that the evidence does not settle it, and why."""
    return Settled(Outcome.OPEN, words)


def only_by(words: str) -> Callable[[Evidence, Settings], Settled]:
    """Return what says of a question that reading can never settle it, and what would."""

    def settle(_: Evidence, __: Settings) -> Settled:
        return still_open(words)

    return settle


def by_log(
    good: str, bad: str, when_good: str, when_bad: str, else_open: str
) -> Callable[[Evidence, Settings], Settled]:
    """Return what settles a question by the daemon's own events; `good` and `bad` are names, "" for none."""

    def settle(evidence: Evidence, _: Settings) -> Settled:
        if bad and bad in evidence.logged:
            return otherwise(f"{when_bad} (the log has {bad})")
        if good and good in evidence.logged:
            return as_assumed(f"{when_good} (the log has {good})")
        return still_open(else_open)

    return settle
