"""The state file: opened, migrated, read and recorded, whole after a crash, and never two daemons on one (P1, P7)."""
