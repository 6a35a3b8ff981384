"""Two versions of a contract, told apart in the words of the page."""

import copy

from matchmaker import documents
from matchmaker.revisions import operations as revisions
from tests.unit.documents.all_samples import SAMPLES

NAME = "contract_development"


def changed(before, after):
    found = revisions.compare(documents.spoken(NAME, before), documents.spoken(NAME, after))
    return {change.field: change.segments for change in found}


def test_equal_versions_differ_in_nothing():
    assert changed(SAMPLES[NAME], copy.deepcopy(SAMPLES[NAME])) == {}


def test_money_dates_rows_and_parties_are_compared_as_printed():
    after = copy.deepcopy(SAMPLES[NAME])
    after["total_fen"] = 175_000_000
    after["milestones"][2]["amount_fen"] = 49_000_000
    after["buyer"]["contact"] = "毕春蕾"
    after["risk"] += "不可抗力除外。"
    after["pledge"] = False
    found = changed(SAMPLES[NAME], after)
    assert set(found) == {"合同总额", "里程碑", "甲方·项目联系人", "风险责任", "立军令状"}
    assert found["甲方·项目联系人"] == [
        ("equal", "毕春"),
        ("delete", "雷"),
        ("insert", "蕾"),
    ]
    assert ("insert", "不可抗力除外。") in found["风险责任"]
    assert "".join(text for kind, text in found["合同总额"] if kind != "delete") == (
        "1,750,000.00元"
    )


def test_a_draft_with_open_blanks_compares_too():
    before = {"title": "旧", "milestones": []}
    after = {"title": "新", "risk": "各半"}
    assert set(changed(before, after)) == {"项目名称", "风险责任"}
