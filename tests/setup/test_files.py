"""Several files are written together or not at all (P7)."""

import stat
from datetime import datetime
from pathlib import Path

import pytest

from chaport_sync.setup.files import NewFile, write_together

NOW = datetime(2026, 11, 30, 14, 22, 33)  # noqa: DTZ001 - local, as people name their copies


def here(folder: Path) -> dict[str, str]:
    """Return what is in a folder."""
    return {each.name: each.read_text() for each in folder.iterdir() if each.is_file()}


def test_copies(tmp_path: Path) -> None:
    """P7: what was there stays beside it with the date, then with the time, and is no easier to read."""
    key = tmp_path / "key"
    for secret in ("one", "two", "three"):
        write_together([NewFile(key, secret, 0o600)], NOW)
    assert here(tmp_path) == {"key": "three", "key.2026-11-30": "one", "key.2026-11-30T142233": "two"}
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}


def test_all_or_none(tmp_path: Path) -> None:
    """P7: if one file cannot be written, none is, and nothing else is left."""
    (tmp_path / "key").write_text("old")
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(OSError, match=r"config\.toml"):
        write_together([NewFile(tmp_path / "key", "new", 0o600), NewFile(tmp_path / "config.toml", "", 0o644)], NOW)
    assert here(tmp_path) == {"key": "old"}


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """P7: what a link points to is replaced, and the link goes on pointing there."""
    real, link = tmp_path / "real.toml", tmp_path / "config.toml"
    real.write_text("old")
    link.symlink_to(real)
    write_together([NewFile(link, "new", 0o644, keeps_mode=True)], NOW)
    assert (link.is_symlink(), real.read_text()) == (True, "new")


def test_a_mode_that_somebody_chose(tmp_path: Path) -> None:
    """P6: a configuration that others may not read stays so."""
    path = tmp_path / "config.toml"
    path.write_text("old")
    path.chmod(0o600)
    write_together([NewFile(path, "new", 0o644, keeps_mode=True)], NOW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
