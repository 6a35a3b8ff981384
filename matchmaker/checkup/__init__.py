"""需求体检: explicit rules that tell an enterprise how to write a need others can answer.

Pure: plain values in, remarks out. The rules are a table; each is one small function with a
reason and an example of a better wording.
"""

from matchmaker.checkup import indicators, story, terms, wording
from matchmaker.checkup.finding import FIELD_LABELS, Finding, NeedText, Rule, Severity

__all__ = ["FIELD_LABELS", "RULES", "Finding", "NeedText", "Rule", "Severity", "check"]

RULES: tuple[Rule, ...] = (*wording.RULES, *story.RULES, *indicators.RULES, *terms.RULES)
_ORDER = list(Severity)


def check(need: NeedText) -> list[Finding]:
    """Return what could be better, the most serious first, then in the order of the table."""
    found = [finding for rule in RULES for finding in rule.findings(need)]
    return sorted(found, key=lambda finding: _ORDER.index(finding.severity))
