"""What all sections of the configuration have in common."""

from pydantic import BaseModel, ConfigDict, Strict

#: TOML and JSON have only lists; frozen settings need tuples and sets.
FromList = Strict(strict=False)


class Section(BaseModel):
    """A table of the file: frozen, with exact types and no unknown keys; its errors repeat no value (P6).

    Each key's description says in a few words what its value is. `init`, `config show`, errors and
    docs/configuration.md show it.
    """

    # Defaults are checked too: a longer `poll` in the file can make the default lease too short.
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, validate_default=True
    )
