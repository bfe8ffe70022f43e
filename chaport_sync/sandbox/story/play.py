"""Playing a story: whoever owns the time calls `advance` often, and everything that is due happens."""

from collections.abc import Sequence
from dataclasses import dataclass

from chaport_sync.sandbox.story.script import END, EXPECTATIONS, SCENES, Expectation, Scene
from chaport_sync.sandbox.story.stage import Stage


@dataclass(frozen=True)
class Verdict:
    """What became of an expectation: when it was seen (None: not), or what was seen instead."""

    expectation: Expectation
    seen_at: float | None
    instead: str = ""

    @property
    def seen(self) -> bool:
        """Whether it was seen in time."""
        return self.seen_at is not None


class Play:
    """A story on a stage; when it is `over`, every expectation has its verdict."""

    def __init__(
        self, stage: Stage, scenes: Sequence[Scene] = SCENES, expectations: Sequence[Expectation] = EXPECTATIONS
    ) -> None:
        self.stage = stage
        self.scene = scenes[0]
        self.expectations = expectations
        self.over = False
        self._to_come = list(scenes)
        self._verdicts: dict[Expectation, Verdict] = {}

    @property
    def verdicts(self) -> list[Verdict]:
        """What became of the expectations that are decided, in the order of the story."""
        return [self._verdicts[expectation] for expectation in self.expectations if expectation in self._verdicts]

    def advance(self) -> None:
        """Look, judge, then let happen what is due: what is judged at a scene's time is judged before it."""
        now = self.stage.elapsed
        self.stage.observe()
        for expectation in self.expectations:
            if expectation.since <= now and expectation not in self._verdicts:
                self._judge(expectation, now)
        while self._to_come and self._to_come[0].at <= now:
            self.scene = self._to_come.pop(0)
            self.scene.act(self.stage)
        self.over = now >= END

    def _judge(self, expectation: Expectation, now: float) -> None:
        instead = expectation.instead(self.stage)
        if not instead:
            self._verdicts[expectation] = Verdict(expectation, now)
        elif expectation.by <= now:
            self._verdicts[expectation] = Verdict(expectation, None, instead)
