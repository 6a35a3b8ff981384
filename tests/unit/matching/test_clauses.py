"""Two texts side by side: what each clause is called, and bad input."""

import pytest

from matchmaker.matching.clauses import Fate, clauses, shared, side_by_side

LEFT = "炉辊粘附铁皮，造成板坯压痕。人工敲打每班两次；停机四十分钟。希望在线清理。"


def fates(side):
    return [clause.fate for clause in side]


def test_the_same_text_is_the_same_clause_by_clause():
    sides = side_by_side(LEFT, LEFT)
    assert set(fates(sides.left)) == {Fate.SAME}
    assert [clause.partner for clause in sides.left] == [0, 1, 2, 3, 4]


def test_each_side_gives_its_text_back():
    sides = side_by_side(LEFT, "别的话，" + LEFT[8:])
    assert "".join(clause.text for clause in sides.left) == LEFT
    assert "".join(text for c in sides.right for text, _ in c.pieces) == "别的话，" + LEFT[8:]


def test_a_clause_elsewhere_is_moved_and_points_to_its_partner():
    cut = clauses(LEFT)
    sides = side_by_side(LEFT, "".join([cut[4], *cut[:4]]))
    assert fates(sides.left) == [Fate.SAME] * 4 + [Fate.MOVED]
    assert fates(sides.right) == [Fate.MOVED] + [Fate.SAME] * 4
    assert sides.left[4].partner == 0


def test_changed_words_are_marked_on_both_sides():
    sides = side_by_side("希望在线清理氧化铁皮。", "希望在线清除氧化铁皮。")
    assert sides.left[0].fate is Fate.CHANGED
    assert [text for text, both in sides.left[0].pieces if not both] == ["理"]
    assert [text for text, both in sides.right[0].pieces if not both] == ["除"]


def test_a_changed_figure_is_a_change():
    sides = side_by_side("辊道温度不超过900度。", "辊道温度不超过950度。")
    assert sides.left[0].fate is Fate.CHANGED
    assert ("900", False) in sides.left[0].pieces


def test_what_only_one_has_stands_alone():
    sides = side_by_side("炉辊粘附铁皮。", "炉辊粘附铁皮。对虾育苗池水质波动。")
    assert fates(sides.right) == [Fate.SAME, Fate.ALONE]
    assert sides.right[1].partner is None


def test_shared_passages_come_longest_first():
    assert shared(side_by_side(LEFT, LEFT + "另附照片。"), shortest=5)[0] == "人工敲打每班两次；"


@pytest.mark.parametrize("text", ["", "。", "钢", "，，，\n\n", "😀\x00", "9"])
def test_bad_input(text):
    assert side_by_side(text, "").right == ()
    assert side_by_side("", text).left == ()
    assert all(clause.fate is not Fate.CHANGED for clause in side_by_side(text, text).left)


def test_fifty_thousand_characters_without_a_stop():
    sides = side_by_side("钢" * 50_000, "钢" * 49_999)
    assert "".join(clause.text for clause in sides.left) == "钢" * 50_000
