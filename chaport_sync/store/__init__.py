"""The state file, one SQLite file that survives a crash, with its lock and its migrations (P7)."""

from chaport_sync.store.errors import Busy, Fenced, Foreign, StoreError, cannot_be_made
from chaport_sync.store.lock import Lock, is_in_use, take_lock
from chaport_sync.store.store import Store
from chaport_sync.store.transcripts import ChatKey

__all__ = [
    "Busy",
    "ChatKey",
    "Fenced",
    "Foreign",
    "Lock",
    "Store",
    "StoreError",
    "cannot_be_made",
    "is_in_use",
    "take_lock",
]
