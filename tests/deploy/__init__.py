"""What an administrator loads into Grafana and Prometheus."""
