"""The edges: API clients, transport, budget, daemon, commands (P3 to P8)."""
