"""How others learn whether the daemon is well: Prometheus metrics, `/healthz`, and a ping that stops when it dies."""
