"""A secret that cannot be printed by accident."""


class Secret:
    """Text that shows itself only to who asks by name; `str`, `repr` and formatting give stars."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """Keep the value; nothing is checked here."""
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself: for the one header it is meant for, and for the mask."""
        return self._value

    def __repr__(self) -> str:
        """Give stars, so that a log, a traceback or a dataclass shows nothing."""
        return "Secret('***')"
