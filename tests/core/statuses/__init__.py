"""How statuses are decided, by tables."""
