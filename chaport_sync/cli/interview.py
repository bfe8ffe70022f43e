"""Who answers the questions of `init`: a person at a terminal, or a file that was prepared."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import click

from chaport_sync.api.errors import ApiError
from chaport_sync.cli.output import say
from chaport_sync.config.model import section_models
from chaport_sync.config.problems import unknown_section
from chaport_sync.setup.document import KeyPath, value_at
from chaport_sync.setup.questions import Question


class Answering(Protocol):
    """Whoever answers."""

    @property
    def is_person(self) -> bool:
        """Whether questions can be asked whose answer only a person knows."""

    def need(self, *questions: Question) -> None:
        """Hear beforehand what will be asked in any case."""

    def ask(self, question: Question) -> Any:
        """Return the value of the answer."""

    def refused(self, error: ApiError) -> None:
        """Hear that a service refused what was answered; return if it is to be asked again."""

    def further(self) -> Mapping[KeyPath, Any]:
        """Return the values of keys that nobody asked for."""


class Person:
    """Somebody at a terminal; the same question comes again until the answer can be used."""

    is_person = True

    def need(self, *questions: Question) -> None:
        """Do nothing: a person has every answer."""

    def ask(self, question: Question) -> Any:
        """Ask until the answer can be used.

        Raises:
            click.Abort: Ctrl-C was pressed, or there is no more input.
        """
        if question.words:
            say(question.words)
        shown = _shown(question.default)
        keep = " (Enter keeps the present one)" if question.secret and shown else ""
        while True:
            answer: str = click.prompt(
                f"  {question.prompt}{keep}",
                default=shown,
                show_default=bool(shown) and not question.secret,
                hide_input=question.secret,
            ).strip()
            if not answer and question.default is None:
                say("  It must not be empty.", "yellow")
                continue
            try:
                return question.read(answer)
            except ValueError as error:
                say(f"  It {error}.", "yellow")

    def refused(self, error: ApiError) -> None:
        """Say what is wrong and where to mend it."""
        say(f"  {error}", "red")

    def further(self) -> Mapping[KeyPath, Any]:
        """Return nothing."""
        return {}


class Prepared:
    """A TOML file with answers: the keys of the configuration, and both secrets.

    Args:
        path: The file.

    Raises:
        click.UsageError: It cannot be read, or has something outside the configuration's sections.
    """

    is_person = False

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._table = tomllib.loads(path.read_bytes().decode())
        except OSError as error:
            raise click.UsageError(f"{path} cannot be read: {error.strerror}") from None
        except ValueError:
            # The library's message may repeat what stands there, a secret perhaps (P6).
            raise click.UsageError(f"{path} is not valid TOML") from None
        tables = {name: isinstance(content, dict) for name, content in self._table.items()}
        for name, is_table in tables.items():
            if name not in section_models() or not is_table:
                raise click.UsageError(f"{path}: {unknown_section(name, is_table=is_table)}")

    def need(self, *questions: Question) -> None:
        """Raise `click.UsageError`, with the names of all questions without an answer or a default."""
        if missing := [each.name for each in questions if each.default is None and self._given(each) in (None, "")]:
            raise click.UsageError(f"{self._path} has no answer for {', '.join(missing)}")

    def ask(self, question: Question) -> Any:
        """Return the file's answer, else the default; raises `click.UsageError` if it cannot be used."""
        self.need(question)
        given = self._given(question)
        try:
            return question.read(question.default if given is None else given)
        except ValueError as error:
            raise click.UsageError(f"{self._path}: {question.name}: {error}") from None

    def refused(self, error: ApiError) -> None:
        """Raise the error."""
        raise error

    def further(self) -> Mapping[KeyPath, Any]:
        """Return every value of the file."""
        return dict(_leaves(self._table))

    def _given(self, question: Question) -> Any:
        return value_at(self._table, question.key)


def _leaves(table: Mapping[str, Any], path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _shown(default: Any) -> str:
    if isinstance(default, bool):
        return "yes" if default else "no"
    return "" if default is None else str(default)
