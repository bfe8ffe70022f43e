"""Which answers of agents are sent to visitors, as which operator, and how they are known again (R1 to R5)."""
