"""The edges: API clients, transport, budget, state file, daemon, commands (P3 to P8)."""
