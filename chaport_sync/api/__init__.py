"""The two services over HTTP. Requests go out and records of `core.model` come back, or a typed error."""
