"""The demo: its story in virtual time, its pictures, and the `sandbox` command."""
