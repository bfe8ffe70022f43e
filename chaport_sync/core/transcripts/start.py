"""The line between what is mirrored and what is history (T6, P7)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Start:
    """When mirroring began, before when chats were forgotten, and when that was done last (Unix seconds)."""

    first: float | None = None
    forgotten_before: float = 0.0
    forgot_at: float = 0.0

    def since(self, configured: float | None, keep: float, now: float) -> float:
        """Return from when on chats are mirrored: since the start, and not what was forgotten.

        Args:
            configured: `[transcripts] start` (Unix seconds), None if that is the first start.
            keep: For how many seconds of silence a chat is remembered.
            now: Unix seconds.
        """
        first = configured if configured is not None else self.first or 0.0
        # By a clock that was ahead more was forgotten than is due now; what came since is not to be lost as well.
        return max(first, min(self.forgotten_before, now - keep))
