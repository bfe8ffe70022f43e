"""Reads raw values from the environment; only this file uses pydantic-settings.

Importing that library takes a tenth of a second, so it is imported only if a variable is set.
"""

from collections.abc import Mapping
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from chaport_sync.config.model import Settings
from chaport_sync.paths import NESTED, PREFIX


class _FromVariables(Settings, BaseSettings):
    """The settings in the form in which the library reads variables."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter=NESTED)


class _Environment(EnvSettingsSource):
    """Reads variables named CHAPORT_SYNC_SECTION__KEY; lists and tables are JSON."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__(_FromVariables, case_sensitive=False)
        self.env_vars = {name.lower(): text for name, text in variables.items()}

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value  # validation reports it with every other problem


def read_variables(variables: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the values of these variables by section and key; lists and tables are decoded, all else stays text."""
    return _Environment(variables)()
