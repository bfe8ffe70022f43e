"""What the daemon serves over HTTP: a page for people, `/metrics`, `/healthz` and `/livez`."""
