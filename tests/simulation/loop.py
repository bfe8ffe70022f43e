"""An event loop that a seed governs: the order of ready tasks, and the daemon's life and death between two of them."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, ContextVar
from typing import Any

from tests.virtual_time import JumpingLoop, VirtualTime

#: Which life of the daemon a task belongs to; 0 is the rest of the world, which neither dies nor is suspended.
LIFE: ContextVar[int] = ContextVar("life", default=0)
#: Lives with numbers from this one on are on another machine, which what befalls this one does not befall.
ELSEWHERE = 1_000_000
#: Of so many steps that are ready, any may be the next one.
WIDTH = 8

Body = Coroutine[Any, Any, Any] | Generator[Any, Any, Any]


class Ready(deque[asyncio.Handle]):
    """What is ready to run. Steps of tasks overtake one another as chance will; what is no task's step keeps its place.

    While the daemon is suspended its handles wait aside, and so do those of a life that is stopped.
    """

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        self._aside: list[asyncio.Handle] = []
        self._suspended = False
        self._stopped: set[int] = set()
        self.before_death: int | None = None
        self.on_death: Callable[[], None] = lambda: None
        self.nothing: asyncio.Handle

    def append(self, handle: asyncio.Handle) -> None:
        """Take a handle, or put it aside."""
        if self._waits(handle):
            self._aside.append(handle)
        else:
            super().append(handle)

    def popleft(self) -> asyncio.Handle:
        """Return the handle to run next, and let the daemon die if its hour has come."""
        handle = self._next()
        if self.before_death is not None and _life(handle):
            self.before_death -= 1
            if self.before_death < 0:
                self.before_death = None
                self.on_death()
        return handle

    def suspend(self) -> None:
        """Run nothing of the daemon until `resume`."""
        self._suspended = True
        self._sort()

    def resume(self) -> None:
        """Run what waited aside, but for what is stopped."""
        self._suspended = False
        self._sort()

    def stop(self, life: int) -> None:
        """Run nothing of one life until `go_on`, as SIGSTOP does."""
        self._stopped.add(life)
        self._sort()

    def go_on(self, life: int | None = None) -> None:
        """Run what waited aside of a life, of all of them by default, as SIGCONT does."""
        self._stopped -= self._stopped if life is None else {life}
        self._sort()

    def _waits(self, handle: asyncio.Handle) -> bool:
        life = _life(handle)
        return bool(life) and (self._suspended or life in self._stopped)

    def _sort(self) -> None:
        handles = [*self, *self._aside]
        self.clear()
        self._aside = [handle for handle in handles if self._waits(handle)]
        self.extend(handle for handle in handles if not self._waits(handle))

    def _next(self) -> asyncio.Handle:
        width = 0
        for handle in self:
            if width == WIDTH or not _is_step(handle):
                break
            width += 1
        if width < 2:
            # What was ready when the loop began its round may have been put aside since.
            return super().popleft() if self else self.nothing
        place = self._chance.randrange(width)
        self.rotate(-place)
        handle = super().popleft()
        self.rotate(place)
        return handle


class SeededLoop(JumpingLoop):
    """A loop on virtual time whose tasks take turns by chance, and which knows the tasks of each life of the daemon."""

    def __init__(self, clock: VirtualTime, chance: random.Random) -> None:
        super().__init__(clock)
        self.ready = Ready(chance)
        # The base class keeps what is ready in a deque of this name, appends to it and takes from its left.
        self._ready = self.ready
        self.ready.nothing = asyncio.Handle(lambda: None, (), self)
        self._lives: dict[int, list[asyncio.Task[Any]]] = {}
        self.set_task_factory(self._make)

    def tasks_of(self, life: int) -> list[asyncio.Task[Any]]:
        """Return the tasks of one life that have not ended, in the order of their beginning."""
        return [task for task in self._lives.get(life, []) if not task.done()]

    def forget(self, life: int) -> None:
        """Forget a life that has ended."""
        self._lives.pop(life, None)

    def _make(self, loop: asyncio.AbstractEventLoop, body: Body, context: Context | None = None) -> asyncio.Task[Any]:
        task = asyncio.Task(body, loop=loop, context=context)
        life = LIFE.get() if context is None else context.get(LIFE, 0)
        if life:
            known = self._lives.setdefault(life, [])
            known.append(task)
            if len(known) > 500:
                self._lives[life] = [each for each in known if not each.done()]
        return task


def _life(handle: asyncio.Handle) -> int:
    context: Context = handle._context  # type: ignore[attr-defined]
    life = context.get(LIFE, 0)
    return life if life < ELSEWHERE else 0


def _is_step(handle: asyncio.Handle) -> bool:
    callback = handle._callback  # type: ignore[attr-defined]
    return isinstance(getattr(callback, "__self__", None), asyncio.Task)
