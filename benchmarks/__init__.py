"""What takes how long, and how many requests: measured on the sandbox, in virtual time."""
