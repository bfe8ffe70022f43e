"""The decisions of the first set-up, without a terminal and without a service."""
