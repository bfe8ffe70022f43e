"""The transcript flow: chats of Chaport are shown in cases of Deskie."""
