"""What must survive a crash: one SQLite file, its lock and its migrations (P7)."""

from chaport_sync.store.file import Busy, Foreign, StoreError
from chaport_sync.store.store import Store

__all__ = ["Busy", "Foreign", "Store", "StoreError"]
