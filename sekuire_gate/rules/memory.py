"""Remembers what several rules ask about the same policy and manifest, so that it is worked out once."""

from collections.abc import Callable
from functools import wraps
from operator import is_
from typing import TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


def remembered(answer: Callable[[Unpack[Ts]], T]) -> Callable[[Unpack[Ts]], T]:
    """Keep a function's last answer, for as long as it is asked about the very same objects.

    The same objects, not equal ones: to compare a policy of thousands of entries, or to hash it, costs as much as the
    answer. The last alone, since the rules meet one policy and one manifest at a time. What is asked about must not
    change, and the answer is shared.
    """
    last: tuple[tuple[object, ...], T] | None = None

    @wraps(answer)
    def ask(*about: *Ts) -> T:
        nonlocal last
        if last is None or not all(map(is_, last[0], about)):
            # Kept with what it is about: no other object can come to have its identity.
            last = about, answer(*about)
        return last[1]

    return ask
