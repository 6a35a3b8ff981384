"""The health check (需求体检) over a need as stored or as being typed, stage by stage."""

from collections.abc import Mapping
from typing import Any

from matchmaker import checkup
from matchmaker.checkup import Finding, NeedText
from matchmaker.needs.fields import stage_of
from matchmaker.needs.models import Need

_ATTRIBUTES = {"budget_total": "budget_total_fen", "pay_to_bidder": "pay_to_bidder_fen"}
_LISTS = ("key_indicators", "coop_modes", "keywords")
_TEXTS = ("title", "background", "problem", "foundation", "bidder_conditions", "ip_arrangement")
_FIGURES = ("duration_months", "budget_total_fen", "pay_to_bidder_fen", "target_trl")
_KNOWN = (*_TEXTS, *_LISTS, *_FIGURES)


def attribute_of(finding: Finding) -> str:
    """Return the model's attribute (and form's field) a finding speaks of."""
    return _ATTRIBUTES.get(finding.field, finding.field)


def findings(need: Need | None, typed: Mapping[str, Any] | None = None) -> list[Finding]:
    """Check a need (None: not begun), what is typed but not saved in place of what is stored."""
    values: dict[str, Any] = {name: getattr(need, name, None) for name in _KNOWN}
    values.update({name: value for name, value in (typed or {}).items() if name in _KNOWN})
    values.update({name: values[name] or "" for name in _TEXTS})
    values.update({name: tuple(values[name] or ()) for name in _LISTS})
    level = str(values["target_trl"] or "")
    values["target_trl"] = int(level) if level.isdecimal() else None
    return checkup.check(NeedText(**values))


def of_stage(found: list[Finding], stage: int) -> list[Finding]:
    """Return the findings about fields of one stage."""
    return [finding for finding in found if stage_of(attribute_of(finding)) == stage]


def by_attribute(found: list[Finding]) -> dict[str, list[Finding]]:
    """Return the findings by the attribute they speak of."""
    grouped: dict[str, list[Finding]] = {}
    for finding in found:
        grouped.setdefault(attribute_of(finding), []).append(finding)
    return grouped
