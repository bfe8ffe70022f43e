"""Chaport live chat, as far as its reference describes it."""
