"""All open questions, and what the evidence says of each."""

from chaport_sync.config import Settings
from chaport_sync.questions import chaport, deskie
from chaport_sync.questions.question import Question, Settled, still_open
from chaport_sync.questions.recorded import Evidence

QUESTIONS = (*deskie.QUESTIONS, *chaport.QUESTIONS)


def settled(evidence: Evidence, settings: Settings) -> list[tuple[Question, Settled]]:
    """Return what the evidence says of each question; an answer that defies all reading settles nothing."""
    return [(question, _settle(question, evidence, settings)) for question in QUESTIONS]


def _settle(question: Question, evidence: Evidence, settings: Settings) -> Settled:
    try:
        return question.settle(evidence, settings)
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
        # A service may answer anything; one odd value must not cost the other questions.
        return still_open(f"the answers have a form that cannot be read ({type(error).__name__})")
