"""Which of agents' answers are sent to visitors, as whom, and what comes back (R1 to R5)."""
