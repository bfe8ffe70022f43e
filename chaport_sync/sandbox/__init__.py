"""Both APIs, imitated from the references and not from the clients.

The imitation is stateful and strict, reads one clock, and imports nothing of the rest of the package.
"""

from chaport_sync.sandbox.faults import Fault, FaultPlan
from chaport_sync.sandbox.requests import Request
from chaport_sync.sandbox.sandbox import Sandbox
from chaport_sync.sandbox.serving import Urls

__all__ = ["Fault", "FaultPlan", "Request", "Sandbox", "Urls"]
