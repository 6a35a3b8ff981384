import pytest

from matchmaker import codes


def test_the_tree_of_technology_fields_is_complete():
    assert len(codes.tech_fields()) == 8
    assert len(codes.choices("tech_field")) == 52
    assert codes.label("tech_field", "804") == "先进制造工艺与装备"
    assert codes.label("tech_field_top", "80") == "先进制造与自动化"


def test_codes_of_the_second_level_start_with_their_top_field():
    for top in codes.tech_fields():
        assert top.children
        assert all(leaf.code[0] == top.code[0] for leaf in top.children)


@pytest.mark.parametrize("name", codes.list_names())
def test_every_list_labels_every_code_in_chinese(name):
    pairs = codes.choices(name)
    assert pairs
    for code, text in pairs:
        assert codes.label(name, code) == text
        assert codes.check(name, code) == code
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text)
    assert len({text for _, text in pairs}) == len(pairs)


@pytest.mark.parametrize("code", ["", "80", "999", "先进制造"])
def test_an_unknown_code_is_refused_in_chinese(code):
    assert not codes.is_code("tech_field", code)
    with pytest.raises(codes.UnknownCodeError, match="不在代码表中"):
        codes.label("tech_field", code)
    with pytest.raises(codes.UnknownCodeError):
        codes.check("tech_field", code)


def test_an_unknown_list_is_a_mistake_of_the_program():
    with pytest.raises(codes.UnknownListError, match="colour"):
        codes.label("colour", "red")
    with pytest.raises(codes.UnknownListError, match="no groups"):
        codes.grouped_choices("trl")


@pytest.mark.parametrize("name", ["tech_field", "transfer_mode", "coop_mode", "industry"])
def test_groups_hold_every_code_of_the_list_once(name):
    grouped = [pair for pairs in codes.grouped_choices(name).values() for pair in pairs]
    assert sorted(grouped) == sorted(codes.choices(name))


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("tech_field", "804", "804"),
        ("tech_field", "先进制造工艺与装备", "804"),
        ("tech_field", "８０４ 先进制造工艺与装备", "804"),
        ("tech_field", "先进制造工艺与装备（804）", "804"),
        ("tech_field", "微电子", "102"),
        ("transfer_mode", "技术许可", "license"),
        ("transfer_mode", "作价入股", "equity"),
        ("coop_mode", " 技术入股 ", "equity"),
        ("coop_mode", "委托开发", "commission_dev"),
        ("disclosure", "公开", "public"),
        ("ip_type", "发明专利", "invention"),
        ("need_category", "工艺改进", "process"),
        ("trl", "7", "7"),
        ("industry", "c29", "C29"),
    ],
)
def test_what_people_write_is_understood(name, text, code):
    assert codes.code_of(name, text) == code


@pytest.mark.parametrize(
    ("name", "text"), [("tech_field", "炼金术"), ("disclosure", "作价入股"), ("trl", "10")]
)
def test_what_no_list_holds_is_refused_with_a_cure(name, text):
    with pytest.raises(codes.UnknownCodeError, match=rf"“{text}”.*请按模板下拉列表填写"):
        codes.code_of(name, text)


@pytest.mark.parametrize(
    ("levels", "stage"),
    [
        ((1, 2, 3, 4), codes.Stage.EARLY),
        ((5, 6), codes.Stage.MIDDLE),
        ((7, 8, 9), codes.Stage.MATURE),
    ],
)
def test_the_stage_follows_from_the_readiness_level(levels, stage):
    assert {codes.stage_of(level) for level in levels} == {stage}


@pytest.mark.parametrize("level", [0, 10, -1])
def test_there_are_nine_readiness_levels(level):
    with pytest.raises(codes.UnknownCodeError, match="1 至 9"):
        codes.stage_of(level)


def test_contract_subtypes_belong_to_their_kind():
    assert ("commissioned", "委托开发") in codes.contract_subtypes("development")
    assert codes.contract_subtypes("consulting") == []
    with pytest.raises(codes.UnknownCodeError):
        codes.contract_subtypes("barter")


def test_distance_between_fields():
    assert codes.field_distance("804", "804") == 0
    assert codes.field_distance("804", "805") == 1
    assert codes.field_distance("804", "101") == 2
    with pytest.raises(codes.UnknownCodeError):
        codes.field_distance("804", "000")


def test_an_enum_member_is_its_stored_value():
    assert codes.Disclosure.PUBLIC == "public"
    assert codes.Disclosure("directed") is codes.Disclosure.DIRECTED
    assert codes.Disclosure.PUBLIC.label == codes.label("disclosure", "public")
