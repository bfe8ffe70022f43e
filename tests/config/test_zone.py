"""The time zone of what people read: the configured one, else this machine's (T5)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import TZPATH

import pytest

from chaport_sync.config import values
from chaport_sync.config.values import time_zone

SUMMER = datetime(2026, 7, 1, tzinfo=UTC)
WINTER = datetime(2026, 12, 1, tzinfo=UTC)


def offsets(name: str) -> list[timedelta | None]:
    """Return the distances from UTC in summer and in winter, in hours."""
    return [moment.astimezone(time_zone(name)[0]).utcoffset() for moment in (SUMMER, WINTER)]


@pytest.fixture(autouse=True)
def localtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the link by which this machine tells its zone; there is none yet."""
    link = tmp_path / "localtime"
    monkeypatch.setattr(values, "_LOCALTIME", link)
    monkeypatch.delenv("TZ", raising=False)
    return link


def zone_file(name: str) -> Path:
    """Return the file of a zone on this machine."""
    return next(path for path in (Path(folder) / name for folder in TZPATH) if path.is_file())


def test_by_name() -> None:
    """A configured zone is that zone."""
    assert time_zone("Europe/Istanbul")[1] == "Europe/Istanbul"
    assert offsets("Asia/Tokyo") == [timedelta(hours=9)] * 2


def test_of_this_machine(localtime: Path) -> None:
    """Without a name it is the machine's, summer time and all, and it is known by its name."""
    localtime.symlink_to(zone_file("Europe/Berlin"))
    assert time_zone("")[1] == "Europe/Berlin"
    assert offsets("") == [timedelta(hours=2), timedelta(hours=1)]


def test_a_copied_file(localtime: Path) -> None:
    """Some machines have a copy instead of a link; then the zone has no name."""
    localtime.write_bytes(zone_file("Europe/Berlin").read_bytes())
    assert time_zone("")[1] == str(localtime)
    assert offsets("") == [timedelta(hours=2), timedelta(hours=1)]


@pytest.mark.parametrize("name", ["Asia/Tokyo", ":Asia/Tokyo"])
def test_of_the_process(localtime: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """$TZ wins over the machine's, as with every other program."""
    localtime.symlink_to(zone_file("Europe/Berlin"))
    monkeypatch.setenv("TZ", name)
    assert time_zone("")[1] == "Asia/Tokyo"
    assert offsets("") == [timedelta(hours=9)] * 2


@pytest.mark.parametrize("name", ["", "EST5EDT4,M3", "Nowhere/Town", "../zone"])
def test_none_to_be_found(localtime: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A machine that does not tell its zone has UTC, and so has one that tells nonsense."""
    monkeypatch.setenv("TZ", name)
    assert time_zone("")[1] == "UTC"
    localtime.write_bytes(b"nonsense")
    assert time_zone("")[1] == "UTC"
    assert offsets("") == [timedelta()] * 2
