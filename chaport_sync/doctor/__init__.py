"""`check`: what an administrator should know before the daemon runs, or when something looks odd."""
