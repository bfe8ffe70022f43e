"""The demonstration: a story that plays on the sandbox before the real daemon, on the screen or into a picture."""
