"""Keep Chaport live chat in step with the Deskie help desk.

Read it in this order: `cli` (commands) -> `app` (wiring) -> `daemon` (schedule) -> `sync` (the three flows)
-> `api` and `store` (the services and the state file) -> `core` (every decision, pure).
"""

__version__ = "0.1.0"
