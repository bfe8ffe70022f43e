"""Sending messages through Chaport's API."""

from typing import Any

import httpx

from chaport_sync.sandbox.chaport.records import Operator, Visitor
from tests.sandbox.conftest import Bench


def message(visitor: Visitor, operator: Operator, text: str = "Hello", external_id: str = "") -> dict[str, Any]:
    """A body, with the external id in the event."""
    event: dict[str, Any] = {"type": "operator-message", "params": {"text": text, "operatorId": operator.id}}
    return {"visitorId": visitor.id, "chatEvent": event | ({"externalId": external_id} if external_id else {})}


def send(
    bench: Bench, visitor: Visitor, operator: Operator, text: str = "Hello", external_id: str = ""
) -> httpx.Response:
    """Ask for a message."""
    return bench.chaport("POST", "/messages", message(visitor, operator, text, external_id))
