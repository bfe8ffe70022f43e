"""How chats become lines, and lines steps, by tables."""
