"""The service as a real systemd runs it, in a container that is booted for these tests and thrown away after them."""
