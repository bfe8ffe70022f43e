"""Which status each operator should have, and why (S1 to S8)."""
