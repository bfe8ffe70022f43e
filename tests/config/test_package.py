"""What is packed, so that a service can be installed without a clone."""

import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def test_what_a_service_is_installed_from() -> None:
    """The example and every unit are packed, and so is nothing that is not there."""
    described = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    packed = described["tool"]["setuptools"]["data-files"]
    units = sorted(f"systemd/{path.name}" for path in (REPOSITORY / "systemd").iterdir())
    assert sorted(packed["share/chaport-sync"]) == ["config.example.toml", *units]
    assert packed["share/man/man1"] == ["docs/man/*.1"]
