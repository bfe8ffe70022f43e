"""The commands that read what the daemon remembers."""
