"""Why a state file cannot be used; each message says which one, why and what to do (P7)."""


class StoreError(Exception):
    """The state file cannot be used; the message says which one, why and what to do."""


class Busy(StoreError):
    """Another instance uses this state file."""


class Foreign(StoreError):
    """The state file belongs to other accounts than the configuration names."""
