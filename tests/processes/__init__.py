"""The daemon as its own process, over real HTTP on loopback, with a real state file."""
