"""A person in others' rows: numbers and addresses everywhere, names in the own organisation's."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, Text, and_, cast, or_, select, update

from matchmaker.extensions import db
from matchmaker.privacy import dispositions, people
from matchmaker.privacy.dispositions import MASK
from matchmaker.privacy.people import Person

GONE = "（已删除）"
COMPUTED = "matching_corpus"  # worked out anew without the person, not edited
# Whose rows carry names of people of an organisation, and which column says of which.
OWNERS = {"organisation": "id", "research_team": "institution_id", "service": "organisation_id"}


def _masked() -> Iterator[tuple[Table, list[str]]]:
    for table in db.metadata.sorted_tables:
        columns = dispositions.columns(table.name, MASK)
        if columns and table.name != COMPUTED:
            yield table, columns


def found(person: Person) -> Iterator[tuple[Table, dict[str, Any], dict[str, Any]]]:
    """Yield (table, the row's key, what its columns would say instead)."""
    for table, columns in _masked():
        keys = [column.name for column in table.primary_key.columns]
        query = select(*(table.c[name] for name in [*keys, *columns]))
        named = _of_own(table, person)
        holds = [
            cast(table.c[name], Text).contains(text, autoescape=True)
            for name in columns
            for text in sorted(person.reached_at)
        ]
        if named is not None:
            holds.append(named)
        if not holds:
            continue
        query = query.where(or_(*holds))
        if table.name in people.ROWS:  # the person's own rows are emptied, not edited
            query = query.where(~people.rows(table, person))
        for row in db.session.execute(query).mappings().all():
            own = named is not None and _is_own(table, row, person)
            after = {name: without(row[name], person, names=own) for name in columns}
            changed = {name: value for name, value in after.items() if value != row[name]}
            if changed:
                yield table, {name: row[name] for name in keys}, changed


def _of_own(table: Table, person: Person) -> Any:
    owner = OWNERS.get(table.name)
    return table.c[owner].in_(person.organisations) if owner and person.organisations else None


def _is_own(table: Table, row: Any, person: Person) -> bool:
    key = select(table.c[OWNERS[table.name]]).where(table.c.id == row["id"])
    return db.session.scalar(key) in person.organisations


def without(value: Any, person: Person, *, names: bool) -> Any:
    """Return a text, list or record without the person; an entry about the person goes whole.

    names : whether the person's bare name counts too, not only what the person is reached at.
    """
    if isinstance(value, str):
        if value in person.reached_at:
            return ""
        if names and value in person.names:
            return GONE
        for text in sorted(person.reached_at, key=len, reverse=True):
            value = value.replace(text, GONE)
        return value
    if isinstance(value, list):
        about = [one for one in value if names and _is_about(one, person)]
        return [without(one, person, names=names) for one in value if one not in about]
    if isinstance(value, dict):
        return {key: without(one, person, names=names) for key, one in value.items()}
    return value


def _is_about(one: Any, person: Person) -> bool:
    return isinstance(one, dict) and one.get("name") in person.names


def scrub(person: Person) -> int:
    """Write it; return how many rows."""
    changes = list(found(person))
    for table, key, values in changes:
        here = and_(*(table.c[name] == value for name, value in key.items()))
        raised = {"version": table.c.version + 1} if "version" in table.c else {}
        db.session.execute(update(table).where(here).values(values | raised))
    return len(changes)
