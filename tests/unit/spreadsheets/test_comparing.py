import pytest

from matchmaker.spreadsheets import FieldChange, RowStatus, compare_row


def test_a_row_without_a_stored_one_is_new():
    assert compare_row({"title": "甲"}, None).status is RowStatus.NEW


@pytest.mark.parametrize(
    ("values", "existing"),
    [
        ({"title": "甲"}, {"title": "甲", "budget": 3}),
        ({"words": ("膜",)}, {"words": ["膜"]}),
        ({"title": "", "words": (), "due": None}, {"title": "甲", "words": ["膜"], "due": 1}),
    ],
    ids=["fewer columns", "list", "blank erases nothing"],
)
def test_the_same_row_changes_nothing(values, existing):
    assert compare_row(values, existing).status is RowStatus.SAME


def test_every_changed_field_is_told_with_old_and_new():
    comparison = compare_row({"title": "乙", "budget": 0, "x": 1}, {"title": "甲", "x": 1})
    assert comparison.status is RowStatus.CHANGED
    assert comparison.changes == (FieldChange("title", "甲", "乙"), FieldChange("budget", None, 0))
    assert comparison.status.label == "有变化"
