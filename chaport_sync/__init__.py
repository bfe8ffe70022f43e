"""Keeps Chaport live chat in step with the Deskie help desk.

Read it in this order: `cli` (commands) -> `app` (wiring) -> `daemon` (schedule) -> `sync` (the two cycles)
-> `api` and `store` (the edges) -> `core` (every decision, pure).
"""

__version__ = "0.1.0"
