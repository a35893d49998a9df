"""The errors of the HTTP library, all of them."""

import httpx

HTTPX_ERRORS = sorted(
    (found for found in vars(httpx).values() if isinstance(found, type) and issubclass(found, Exception)),
    key=lambda found: found.__name__,
)


def instance(error_class: type[Exception]) -> Exception:
    """Make one with words of its own, whatever its constructor asks for."""
    made = error_class.__new__(error_class)
    Exception.__init__(made, "the library's words")
    return made
