"""What is logged: no secret, no text, nothing of a customer's (P6), and no defect."""

import re
from base64 import b64encode
from typing import Any

from tests.simulation.life import Life, Observer
from tests.simulation.trace import Trace
from tests.world import World

#: Seen in the story: what the daemon itself says that it did.
TOLD = re.compile(r"^(?!api\.|library|status\.cycle|transcript\.cycle)")


class Logs(Observer):
    """Reads every line."""

    def __init__(self, world: World, trace: Trace) -> None:
        self._trace = trace
        key, token = world.deskie.api_key, world.chaport.token
        basic = b64encode(f"{world.deskie.email}:{key}".encode()).decode()
        customers = (r"\[e\d+\]", r"<a\d+>", "mail\\.example", r"\+4930555", "Vera-", "row 🙂")
        self._forbidden = re.compile("|".join([*map(re.escape, (key, token, basic)), *customers]))

    def show(self, line: str) -> None:
        """P6: neither secrets nor what customers wrote, nor who they are."""
        found = self._forbidden.search(line)
        if found:
            self._trace.violate("no secret or text in any log line", f"{found.group()!r} in {line}")

    def on_log(self, life: Life, event: dict[str, Any]) -> None:
        """Keep what matters for the story; a defect is a violation of everything."""
        name = event["event"]
        if TOLD.match(name):
            fields = {key: value for key, value in event.items() if key not in ("event", "timestamp", "level")}
            ids = [str(value) for value in fields.values() if isinstance(value, str | int)]
            told = " ".join(f"{key}={value}" for key, value in fields.items() if key != "exception")
            self._trace.tell(f"  daemon {life.number}: {name} {told}", *ids)
        if name == "poll.failed" and str(event.get("error", "")).startswith("a defect"):
            where = event.get("exception") or [{}]
            frames = [f"{frame['filename']}:{frame['lineno']}" for frame in where[0].get("frames", [])][-3:]
            value = where[0].get("exc_value")
            self._trace.violate("no defect", f"{event['error']}: {value} at {', '.join(frames)}")
