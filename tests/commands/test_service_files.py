"""What `service install` and `service remove` do with each file: decided by what is wanted and what is there."""

from pathlib import Path

import pytest

from chaport_sync.cli.service_files import (
    COMMAND,
    COMPLETION,
    CONFIG,
    MANUALS,
    UNITS,
    Content,
    Deed,
    ServiceError,
    Step,
    hidden,
    installing,
    remaining,
    removing,
    signed,
    wanted,
)

PROGRAM = Path("/opt/venv/bin/chaport-sync")
PAGE = Path("/opt/venv/share/man/man1/chaport-sync.1")
UNIT = UNITS / "chaport-sync.service"
TEXT = "[Service]\nExecStart=/opt/chaport-sync/bin/chaport-sync run\n"


def files(program: Path = PROGRAM, text: str = TEXT) -> dict[Path, Content]:
    """Return an installation with one unit and one page."""
    return wanted("[deskie]\n", {UNIT.name: text}, [PAGE], program, completion=True)


def deeds(steps: list[Step]) -> dict[Path, Deed]:
    """Return what is done with each file."""
    return {step.path: step.deed for step in steps}


def test_an_installation() -> None:
    """It is units, the command, a configuration, the manual, and what completes."""
    assert set(files()) == {UNIT, COMMAND, CONFIG, MANUALS / PAGE.name, COMPLETION}
    assert set(deeds(installing(files(), {}, force=False)).values()) == {Deed.WRITTEN}


def test_units_start_the_program_that_writes_them() -> None:
    """A venv, pipx and uv have it in different places; the command leads there too."""
    text = str(files()[UNIT])
    assert "\nExecStart=/opt/venv/bin/chaport-sync run\n" in text
    assert "/opt/chaport-sync" not in text
    assert files()[COMMAND] == PROGRAM


def test_a_command_that_is_there_by_itself() -> None:
    """A program that is installed as the command needs no link, least of all one to itself."""
    assert COMMAND not in files(COMMAND)


def test_a_program_that_no_unit_can_name() -> None:
    """In a unit a blank ends the program's name, and a percent sign has a meaning."""
    for place in ("/opt/my tools/bin/chaport-sync", "/opt/100%/bin/chaport-sync"):
        with pytest.raises(ServiceError, match="a unit cannot name"):
            files(Path(place))


@pytest.mark.parametrize(
    "place", ["/root/.local/bin/chaport-sync", "/home/ann/venv/bin/python", "/run/user/0/venv/bin/python"]
)
def test_a_program_that_the_service_cannot_see(place: str) -> None:
    """Neither a program nor its Python may be where the unit lets the service see nothing."""
    assert place in hidden(PROGRAM, Path(place))
    assert hidden(PROGRAM, Path("/usr/bin/python3.11"), Path("/homes/venv")) == ""


def test_it_can_be_done_again() -> None:
    """What is as it should be is left alone, and it is said so."""
    steps = installing(files(), files(), force=False)
    assert {(step.deed, step.why) for step in steps} == {(Deed.LEFT, "it is as it should be")}


def test_an_upgrade() -> None:
    """What another version or another environment has written is replaced."""
    older = files(Path("/opt/former/bin/chaport-sync"), TEXT + "Type=notify\n")
    steps = deeds(installing(files(), older, force=False))
    assert (steps[UNIT], steps[COMMAND], steps[COMPLETION]) == (Deed.REPLACED, Deed.REPLACED, Deed.LEFT)


def test_a_unit_that_was_copied_from_the_package() -> None:
    """Whoever copied it by hand and changed nothing need not say --force."""
    plain = {UNIT: TEXT.replace("/opt/chaport-sync", "/opt/venv")}
    assert deeds(installing(files(), plain, force=False))[UNIT] is Deed.REPLACED
    assert deeds(removing(files(), plain, force=False))[UNIT] is Deed.REMOVED


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(signed(TEXT) + "MemoryMax=1G\n", id="a line more"),
        pytest.param(signed(TEXT).replace("ExecStart", "#ExecStart"), id="a line less"),
        pytest.param("[Service]\nExecStart=/usr/bin/other\n", id="written by somebody"),
        pytest.param(Path("/dev/null"), id="masked"),
    ],
)
def test_what_somebody_changed(changed: Content) -> None:
    """A unit that somebody changed is neither replaced nor removed, and it is said how to; --force does it."""
    there = {UNIT: changed}
    (left,) = (step for step in installing(files(), there, force=False) if step.path == UNIT)
    assert (left.deed, left.why) == (Deed.LEFT, "somebody changed it; --force replaces it")
    (left,) = removing(files(), there, force=False)
    assert (left.deed, left.why) == (Deed.LEFT, "somebody changed it; --force removes it")
    assert deeds(installing(files(), there, force=True))[UNIT] is Deed.REPLACED
    assert deeds(removing(files(), there, force=True)) == {UNIT: Deed.REMOVED}


def test_a_program_of_somebody_is_not_replaced() -> None:
    """A file that stands where the command would be is not lost; a link has nothing to lose."""
    assert deeds(installing(files(), {COMMAND: "#!/bin/sh\n"}, force=False))[COMMAND] is Deed.LEFT
    assert deeds(installing(files(), {COMMAND: Path("/opt/other")}, force=False))[COMMAND] is Deed.REPLACED
    assert deeds(removing(files(), {COMMAND: Path("/opt/other")}, force=False))[COMMAND] is Deed.LEFT


@pytest.mark.parametrize("force", [False, True])
def test_a_configuration_stays(force: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """The configuration that is there is neither replaced nor removed, --force or not."""
    there: dict[Path, Content] = {CONFIG: "[deskie]\nurl = 'https://acme.deskie.io'\n"}
    (step,) = (step for step in installing(files(), there, force=force) if step.path == CONFIG)
    assert (step.deed, step.why, step.content) == (Deed.LEFT, "it is yours", None)
    assert removing(files(), there, force=force) == []


def test_a_removal_takes_what_was_written() -> None:
    """All of it but the configuration, also by a later version; what is not there is not spoken of."""
    older = files(text=TEXT + "Type=notify\n")
    assert deeds(removing(files(), older, force=False)) == dict.fromkeys(older.keys() - {CONFIG}, Deed.REMOVED)
    assert removing(files(), {}, force=False) == []


def test_what_a_removal_keeps() -> None:
    """Settings, keys and memory stay, and it is said where and how they go; with --purge they go."""
    found = [Path("/etc/chaport-sync"), Path("/var/lib/chaport-sync")]
    assert [(step.path, step.deed, step.why) for step in remaining(found, purge=False)] == [
        (path, Deed.LEFT, "--purge removes it") for path in found
    ]
    assert deeds(remaining(found, purge=True)) == dict.fromkeys(found, Deed.REMOVED)
