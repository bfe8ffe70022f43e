"""Every decision of the daemon, as pure functions over frozen records.

There is no I/O, no clock, no randomness and no settings object. The arguments hold everything that a decision needs,
such as `now` (Unix seconds). A decision is returned with its reason.
"""
