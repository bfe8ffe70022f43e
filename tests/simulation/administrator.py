"""What changes the wording of notes from one start to the next: the configuration, and how people are called."""

from chaport_sync.sandbox.chaport.records import Operator, Visitor
from tests.simulation.people import People
from tests.simulation.trace import ALL

ZONES = ("UTC", "Europe/Berlin", "Europe/Istanbul", "Asia/Kolkata", "America/New_York")


class Administrator:
    """Edits the configuration, which the next start obeys, and sees people change their names."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._lines = people.world.lines
        self._edits = 0

    def edits(self) -> None:
        """Change something."""
        chance, self._edits = self._people.chance, self._edits + 1
        named: list[Operator | Visitor] = [*self._people.operators, *self._people.chaport.visitors]
        kind = chance.random()
        if kind < 0.5:
            self._lines["transcripts.timezone"] = f'"{chance.choice(ZONES)}"'
            self._people.tell(f"transcripts.timezone is {self._lines['transcripts.timezone']} now", ALL)
        elif kind < 0.7 and "chaport.bots" in self._lines:
            bots = ", ".join(f'"{bot.id}" = "{bot.name}-{self._edits}"' for bot in self._people.bots)
            self._lines["chaport.bots"] = f"{{ {bots} }}"
            self._people.tell(f"chaport.bots is {bots} now", ALL)
        else:
            person = chance.choice(named)
            person.name = f"{person.name.partition('+')[0]}+{self._edits}"
            self._people.tell(f"{person.id} is called {person.name} now", person.id)
