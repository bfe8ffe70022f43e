"""The transcript flow: T1 to T7, section 4, P1 and P3."""
