"""Raw values from the environment: the one place that knows pydantic-settings.

The library takes a tenth of a second to import, so only those who set a variable wait for it.
"""

from collections.abc import Mapping
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from chaport_sync.config.model import ENVIRONMENT_PREFIX, NESTED, Settings


class _FromVariables(Settings, BaseSettings):
    """The settings, as the library finds them in variables."""

    model_config = SettingsConfigDict(env_prefix=ENVIRONMENT_PREFIX, env_nested_delimiter=NESTED)


class _Environment(EnvSettingsSource):
    """Reads CHAPORT_SYNC_SECTION__KEY from the variables it is given: lists and tables as JSON."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__(_FromVariables, case_sensitive=False)
        self.env_vars = {name.lower(): text for name, text in variables.items()}

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value  # validation refuses it, along with every other problem


def read_variables(variables: Mapping[str, str]) -> Mapping[str, Any]:
    """Return what these variables set, as tables by section; text stays text but for lists and tables."""
    return _Environment(variables)()
