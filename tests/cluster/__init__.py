"""Several workers over a real PostgreSQL (K1 to K5)."""
