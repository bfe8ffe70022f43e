"""Importing a library without the packages that it would use if they are there."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unseen(*packages: str) -> Iterator[None]:
    """Let what is imported meanwhile find none of these packages, as if they were not installed."""
    hidden = [package for package in packages if package not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None stands for a module that there is not
    try:
        yield
    finally:
        for package in hidden:
            del sys.modules[package]
