"""Which events of a chat are shown in which case, when, and how (T1 to T7, C1 to C6, P1)."""
