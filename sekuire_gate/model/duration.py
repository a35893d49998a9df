"""How long something took or is ago, for people."""


def in_words(seconds: int) -> str:
    """Name a number of seconds by its two largest units, as in `1 day 2 hours`; what is smaller is dropped."""
    days, seconds = divmod(seconds, 86_400)
    hours, seconds = divmod(seconds, 3_600)
    units = ((days, "day"), (hours, "hour"), (seconds // 60, "minute"))
    parts = [f"{number:,} {unit}{'' if number == 1 else 's'}" for number, unit in units if number]
    return " ".join(parts[:2]) or "less than a minute"
