"""Rules of the config."""
