from dataclasses import replace

import pytest

from matchmaker.checkup import FIELD_LABELS, RULES, NeedText, Severity, check
from tests.unit.checkup.flagged import FLAGGED
from tests.unit.checkup.good import GOOD
from tests.unit.checkup.near_misses import NEAR_MISSES

CODES = [rule.code for rule in RULES]


def flagged(need):
    return {finding.rule for finding in check(need)}


def cases(table):
    return [
        pytest.param(code, change, id=f"{code}-{number}")
        for code, changes in table.items()
        for number, change in enumerate(changes, start=1)
    ]


@pytest.mark.parametrize(("code", "change"), cases(FLAGGED))
def test_a_rule_flags_what_it_must(code, change):
    assert code in flagged(replace(GOOD, **change))


@pytest.mark.parametrize(("code", "change"), cases(NEAR_MISSES))
def test_a_rule_lets_near_misses_pass(code, change):
    assert code not in flagged(replace(GOOD, **change))


def test_every_rule_has_three_cases_of_either_kind():
    assert len(set(CODES)) == len(CODES) >= 14
    for table in (FLAGGED, NEAR_MISSES):
        assert sorted(table) == sorted(CODES)
        assert all(len(changes) >= 3 for changes in table.values())


def test_a_well_written_need_has_no_finding():
    assert check(GOOD) == []


@pytest.mark.parametrize("rule", RULES, ids=CODES)
def test_every_rule_shows_its_reason_and_a_better_wording(rule):
    for text in (rule.why, rule.before, rule.after):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text)
    assert rule.before != rule.after


def test_findings_name_a_field_of_the_form_and_come_most_serious_first():
    found = check(NeedText())
    assert {finding.field for finding in found} <= set(FIELD_LABELS)
    assert all(finding.field_label and finding.message_zh for finding in found)
    weights = [list(Severity).index(finding.severity) for finding in found]
    assert weights == sorted(weights)


def test_severities_carry_their_label():
    assert [severity.label for severity in Severity] == ["必须改", "建议", "提示"]


def test_fifty_thousand_characters_are_read():
    assert "too_long" in flagged(replace(GOOD, problem="磨损<b>'; DROP 😀" * 4_000))
