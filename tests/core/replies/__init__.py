"""Which answers are sent and how they are known again, by tables."""
