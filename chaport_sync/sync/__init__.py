"""The three flows of the daemon. A cycle gathers, decides (in `core`), applies, records."""
