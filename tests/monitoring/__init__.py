"""What others learn of the daemon."""
