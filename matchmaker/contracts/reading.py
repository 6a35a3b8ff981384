"""Rows that a page sends as parallel boxes: stages, clauses, reasons, measured values, experts."""

from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from matchmaker.contracts import clauses, terms

MOST_ROWS = 20
BLANK_STAGES = 3
Rows = list[dict[str, Any]]


def rows(form: MultiDict[str, str], prefix: str, names: Sequence[str]) -> Rows:
    """Return the rows of boxes `prefix-name`, those without any text left out."""
    columns = {name: form.getlist(f"{prefix}-{name}")[:MOST_ROWS] for name in names}
    longest = max((len(values) for values in columns.values()), default=0)
    found = [
        {name: (values[index].strip() if index < len(values) else "")
         for name, values in columns.items()}
        for index in range(longest)
    ]  # fmt: skip
    return [row for row in found if any(row.values())]


def stages(form: MultiDict[str, str]) -> Rows:
    """Return the stages of a plan; `main` boxes carry the index of their row."""
    found = rows(form, "stage", ("name", "due_on", "deliverables", "share"))
    main = form.get("stage-main", "")
    for index, row in enumerate(found, start=1):
        row["is_main"] = main == str(index)
    return found


def padded(given: Sequence[dict[str, Any]], *, race: bool = False) -> Rows:
    """Return the stages with a few blank rows behind them, for the page."""
    blank = {"name": "", "due_on": "", "deliverables": "", "share": "", "is_main": False}
    most = terms.MOST_STAGES + 1
    found = [dict(one) for one in given] + [dict(blank) for _ in range(BLANK_STAGES)]
    return [{**one, "race": race} for one in found[:most]]


def clause_texts(form: MultiDict[str, str], kind: str, payment_mode: str) -> dict[str, str]:
    """Return the clauses of the kind as they were sent."""
    return {one.key: form.get(f"clause-{one.key}", "") for one in clauses.of(kind, payment_mode)}


def reasons(form: MultiDict[str, str]) -> dict[str, str]:
    """Return the reasons for what differs from the award, by difference."""
    return {key: form.get(f"reason-{key}", "") for key in terms.DIFFERENCES}


def results(form: MultiDict[str, str], indicators: Sequence[str]) -> Rows:
    """Return the measured value of every indicator, by its place on the page."""
    return [
        {
            "indicator": indicator,
            "value": form.get(f"value-{place}", ""),
            "reached": form.get(f"reached-{place}", "no"),
        }
        for place, indicator in enumerate(indicators)
    ]


def experts(form: MultiDict[str, str]) -> Rows:
    """Return the experts of an acceptance."""
    return rows(form, "expert", ("name", "organisation", "title", "conclusion"))
