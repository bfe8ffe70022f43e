"""Every decision of the daemon, as pure functions over frozen records.

No I/O, no clock, no randomness, no settings object: what a decision needs is in its arguments, `now` (Unix seconds)
among them, and what it decided comes back with its reason.
"""
