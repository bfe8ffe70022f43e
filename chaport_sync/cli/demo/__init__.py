"""The demonstration: a story on the sandbox with the real daemon, on the screen or as a picture."""
