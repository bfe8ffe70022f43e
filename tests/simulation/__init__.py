"""Whole days of operation in seconds: the real daemon against the sandbox, every choice decided by one seed."""
