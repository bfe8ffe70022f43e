"""The time from which on chats are mirrored (T6, P7)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Start:
    """When mirroring began, before when chats were forgotten, and when they were last forgotten (Unix seconds)."""

    first: float | None = None
    forgotten_before: float = 0.0
    forgot_at: float = 0.0

    def since(self, configured: float | None, keep: float, now: float) -> float:
        """Return the time from which on chats are mirrored (Unix seconds): after the start, and not the forgotten ones.

        Args:
            configured: `[transcripts] start` (Unix seconds), None if that is the first start.
            keep: For how many seconds of silence a chat is remembered.
            now: Unix seconds.
        """
        first = configured if configured is not None else self.first or 0.0
        # A clock that was ahead may have made the daemon forget too much. Newer events must not be lost as well.
        return max(first, min(self.forgotten_before, now - keep))
