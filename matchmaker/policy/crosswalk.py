"""The crosswalk: which built states each state of the table means, in one place.

Every noun hands its own part over when it registers; this is where the whole is read and checked.
A state of the table that no built state answers to would let its rows bind nothing.
"""

from collections.abc import Iterator

from matchmaker.policy import engine, table

ANY = "any"
# States of the table that are none of their own noun's rows: where they are looked after instead.
ELSEWHERE: dict[tuple[str, str], str] = {
    ("expert", "panel_secret"): "an assignment's state, until the result: reviewing",
    ("expert", "panel_public"): "an assignment's state, after the result: reviewing",
    ("objection", "new"): "there is no row before it is raised",
}


def lines() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield (resource, the table's state, the built states) of every resource with states."""
    for resource in dict.fromkeys(row.resource for row in table.rows()):
        binding = engine.binding_of(resource)
        if binding is None:
            continue
        for state, built in binding.states.items():
            yield resource, state, tuple(str(one) for one in built)


def unanswered() -> list[tuple[str, str]]:
    """Return the (resource, state) of rows with an action in use whose state means nothing built.

    Only of resources that are bound to a model; the others have no rows to be in a state.
    """
    found = []
    for row in table.rows():
        binding = engine.binding_of(row.resource)
        known = binding is None or row.state == ANY or row.state in binding.states
        if not known and (row.allow or row.own):
            found.append((row.resource, row.state))
    return list(dict.fromkeys(found))
