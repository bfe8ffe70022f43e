"""Rules of the logs."""
