"""Several rules at once: every field that is wrong is named, not the first one only."""

from datetime import date

from matchmaker.errors import Invalid

Rule = tuple[bool, str, str]  # is it broken, which field, what is wrong and the cure


def gathered(*rules: Rule) -> dict[str, str]:
    """Return field → what is wrong of the rules that are broken; the first word on a field wins."""
    found: dict[str, str] = {}
    for broken, name, text in rules:
        if broken:
            found.setdefault(name, text)
    return found


def refuse(*rules: Rule) -> None:
    """Raise `Invalid` with every broken rule."""
    found = gathered(*rules)
    if found:
        raise Invalid(found)


def not_past(day: date | None, today: date) -> bool:
    """Tell whether a day is missing or still to come: what happened cannot be tomorrow."""
    return day is None or day > today


def before(day: date | None, other: date | None) -> bool:
    """Tell whether a day lies before another; what is missing lies nowhere."""
    return day is not None and other is not None and day < other
