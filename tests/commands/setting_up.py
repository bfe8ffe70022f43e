"""A newcomer who sets up: answers typed at questions, on the sandbox's accounts."""

from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner, Result

from chaport_sync.cli.main import app as program
from tests.world import World

URL, EMAIL = "https://acme.deskie.io", "sync@acme.example"


@dataclass
class Newcomer:
    """Somebody with two accounts and an empty folder."""

    world: World
    folder: Path
    #: What is typed at each question, in their order; an empty answer is Enter.
    answers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Know the answers of somebody to whom nothing goes wrong."""
        self.answers = {
            "url": URL,
            "email": EMAIL,
            "key": self.world.deskie.api_key,
            "chaport": "",
            "token": self.world.chaport.token,
            "channel": "",
            "training": "online",
            "lunch": "keep",
            "timezone": "Europe/Istanbul",
            "language": "",
            "replies": "",
            "write": "yes",
        } | self.answers

    @property
    def config(self) -> Path:
        """The configuration that is set up."""
        return self.folder / "config.toml"

    def typed(self, **others: str) -> str:
        """Return what is typed, with other answers to some questions."""
        return "".join(f"{answer}\n" for answer in (self.answers | others).values())

    def sets_up(self, typed: str | None = None, *options: str) -> Result:
        """Run `init` and type."""
        words = ["--config", str(self.config), "init", *options]
        return CliRunner().invoke(program, words, input=self.typed() if typed is None else typed)

    def types(self, *words: str) -> Result:
        """Run another command."""
        return CliRunner().invoke(program, ["--config", str(self.config), *words])

    def files(self) -> dict[str, str]:
        """Return what is in the folder, by name."""
        return {
            str(each.relative_to(self.folder)): each.read_text() for each in self.folder.rglob("*") if each.is_file()
        }
