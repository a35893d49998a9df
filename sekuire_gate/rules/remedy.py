"""What a finding on a list says should be done: the permitted names, and the one that was probably meant."""

from collections.abc import Callable
from functools import cached_property

from sekuire_gate.rules.nearest import Nearest
from sekuire_gate.rules.wording import listed, quoted


class Remedy:
    """The fix of findings on one subject."""

    def __init__(self, noun: str, permitted: Callable[[], tuple[str, ...]]) -> None:
        """Keep how to work it out; nothing is, until there is a finding.

        Args:
            noun: what a message calls such a name.
            permitted: returns the texts of the allow-list that every list permits.
        """
        self._noun = noun
        self._find_permitted = permitted

    def instead(self, of: str = "") -> str:
        """Say what can be used; the article fits what is put before a noun: `a model of `.

        Args:
            of: what the name is of, where it is not written itself.
        """
        if self._permitted:
            return f"Use {of}one of: {listed(self._permitted)} (or ask the security team to change the policy)."
        return f"Use {of}another {self._noun}, or ask the security team to change the policy."

    def instead_of(self, name: str) -> str:
        """Say what can be used in place of a name that the allow-list does not hold."""
        meant = self._nearest.to(name)
        return f"Did you mean {quoted(meant)}? {self.instead()}" if meant else self.instead()

    @cached_property
    def _permitted(self) -> tuple[str, ...]:
        return self._find_permitted()

    @cached_property
    def _nearest(self) -> Nearest:
        return Nearest(self._permitted)
