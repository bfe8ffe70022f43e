"""The transcript flow: T1 to T7, C1 to C5, P1 and P3."""
