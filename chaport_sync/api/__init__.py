"""The clients of both services. They send requests, and return records of `core.model` or raise a typed error."""
