"""Tests state the rules of the design and run against the sandbox, in virtual time."""
