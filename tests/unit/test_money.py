from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.money import (
    MAX_FEN,
    MoneyError,
    Unit,
    capital_amount,
    check_installments,
    fen_from_number,
    format_money,
    format_short,
    in_unit,
    input_value,
    parse_money,
    resplit,
    split_installments,
)


def percent(*shares):
    return [Decimal(share) for share in shares]


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("180", 180_000_000),
        ("180万", 180_000_000),
        ("180 万元", 180_000_000),
        ("１８０．５万元", 180_500_000),
        ("1,234.5", 1_234_500_000),
        ("１，２３４．５", 1_234_500_000),
        ("0.000001", 1),
        ("1.2亿元", 12_000_000_000),
        ("1.2亿", 12_000_000_000),
        ("300元", 30_000),
        ("¥300.05元", 30_005),
        ("300元整", 30_000),
        ("5分", 5),
        (".5", 500_000),
        ("0", 0),
        ("1000000000亿元", None),
    ],
)
def test_amounts_people_type(text, fen):
    if fen is None:
        with pytest.raises(MoneyError, match="过大"):
            parse_money(text)
    else:
        assert parse_money(text) == fen


def test_the_unit_of_a_bare_figure_is_the_forms():
    assert parse_money("300", unit=Unit.YUAN) == 30_000
    assert parse_money("300万", unit=Unit.YUAN) == 300_000_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "不能为空"),
        ("  ", "不能为空"),
        ("-5", "不能为负数"),
        ("面议", "不是有效的金额"),
        ("约180", "不是有效的金额"),
        ("180美元", "不是有效的金额"),
        ("1,23", "不是有效的金额"),
        ("12,34万", "不是有效的金额"),
        ("1234,567", "不是有效的金额"),
        ("1.2.3", "不是有效的金额"),
        ("１e5", "不是有效的金额"),
        ("五十万", "不是有效的金额"),
        ("0.0000001", "最多保留 6 位小数"),
        ("0.001元", "精确到分"),
        ("9" * 40, "过大"),
        ("10000000000000.01元", "过大"),
    ],
)
def test_what_is_no_amount_is_refused(text, said):
    with pytest.raises(MoneyError, match=said):
        parse_money(text)


def test_the_largest_amount_is_still_read():
    assert parse_money("10000000000000元") == MAX_FEN


@pytest.mark.parametrize(
    ("value", "fen"),
    [(180, 180_000_000), (0.1 + 0.2, 300_000), (Decimal("12.3456785"), 12_345_679), (0, 0)],
)
def test_spreadsheet_numbers_round_half_up_to_the_cent(value, fen):
    assert fen_from_number(value) == fen


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), 1e15])
def test_spreadsheet_numbers_that_are_no_amount(value):
    with pytest.raises(MoneyError):
        fen_from_number(value)


@pytest.mark.parametrize(
    ("fen", "unit", "shown"),
    [
        (10_000_005, Unit.YUAN, "100,000.05 元"),
        (180_000_000, Unit.WAN, "180.00 万元"),
        (1_235_000, Unit.WAN, "1.24 万元"),
        (1_234_999, Unit.WAN, "1.23 万元"),
        (4_999, Unit.WAN, "0.00 万元"),
        (5_000, Unit.WAN, "0.01 万元"),
        (12_345_000_000, Unit.YI, "1.23 亿元"),
        (-5_000, Unit.WAN, "-0.01 万元"),
    ],
)
def test_amounts_are_shown_with_two_decimals_half_up(fen, unit, shown):
    assert format_money(fen, unit=unit) == shown


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (0, "0.00 元"),
        (999_999, "9,999.99 元"),
        (1_000_000, "1.00 万元"),
        (9_999_999_999, "10,000.00 万元"),
        (10_000_000_000, "1.00 亿元"),
        (-1_000_000, "-1.00 万元"),
    ],
)
def test_the_short_form_chooses_the_unit(fen, shown):
    assert format_short(fen) == shown


def test_a_sum_is_added_in_fen_and_converted_once():
    parts = [4_000] * 3
    assert in_unit(sum(parts), Unit.WAN) == Decimal("0.01")
    assert sum(in_unit(part, Unit.WAN) for part in parts) == 0


@given(st.integers(0, MAX_FEN), st.sampled_from([Unit.YUAN, Unit.WAN]))
def test_a_forms_figure_reads_back_exactly(fen, unit):
    assert parse_money(input_value(fen, unit=unit), unit=unit) == fen


def test_a_forms_figure_is_not_padded():
    assert input_value(180_000_000) == "180"
    assert input_value(180_500_001) == "180.500001"
    assert input_value(1_000_000_000) == "1000"


def test_the_installments_of_the_worked_example():
    assert split_installments(10_000_005, percent("33.33", "33.33", "33.34")) == [
        3_333_002,
        3_333_002,
        3_334_001,
    ]


@given(st.integers(1_000, MAX_FEN), st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_installments_always_make_the_whole(total, weights):
    shares = [Decimal(weight * 10_000 // sum(weights)) / 100 for weight in weights[:-1]]
    parts = split_installments(total, [*shares, Decimal(100) - sum(shares)])
    assert sum(parts) == total
    assert min(parts) >= 0


@pytest.mark.parametrize(
    "shares",
    [(), ("100", "0"), ("60", "-10", "50"), ("50", "49.9999"), ("50", "50.0001")],
)
def test_percentages_must_make_a_hundred(shares):
    with pytest.raises(MoneyError, match="比例"):
        split_installments(100, percent(*shares))


def test_no_last_installment_is_negative():
    with pytest.raises(MoneyError, match="末期付款为负数"):
        split_installments(2, percent("30", "30", "30", "10"))


def test_amounts_must_make_the_total_to_the_cent():
    check_installments(100, [30, 70])
    with pytest.raises(MoneyError, match=r"合计 0\.99 元，与合同额 1\.00 元 不一致"):
        check_installments(100, [30, 69])
    with pytest.raises(MoneyError, match="大于 0"):
        check_installments(100, [0, 100])


def test_an_amendment_leaves_what_is_paid_and_splits_the_balance():
    assert resplit(1_500, paid_fen=[300], percentages=percent("50", "50")) == [300, 600, 600]
    with pytest.raises(MoneyError, match="须大于已付金额"):
        resplit(300, paid_fen=[300], percentages=percent("100"))


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (10_000_005, "壹拾万元零伍分"),
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (100, "壹元整"),
        (105, "壹元零伍分"),
        (120, "壹元贰角整"),
        (123, "壹元贰角叁分"),
        (1_000_00, "壹仟元整"),
        (1_001_00, "壹仟零壹元整"),
        (1_010_00, "壹仟零壹拾元整"),
        (10_001_00, "壹万零壹元整"),
        (100_100_00, "壹拾万零壹佰元整"),
        (1_000_000_00, "壹佰万元整"),
        (1_234_567_89, "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
        (100_000_000_00, "壹亿元整"),
        (100_001_000_00, "壹亿零壹仟元整"),
        (100_010_000_00, "壹亿零壹万元整"),
        (100_000_001_00, "壹亿零壹元整"),
        (1_000_000_000_000_00, "壹万亿元整"),
        (1_000_100_000_000_00, "壹万零壹亿元整"),
        (1_000_000_000_001_00, "壹万亿零壹元整"),
        (MAX_FEN, "壹拾万亿元整"),
    ],
)
def test_capital_amounts(fen, words):
    assert capital_amount(fen) == words


@pytest.mark.parametrize("fen", [-1, MAX_FEN + 1])
def test_capital_amounts_have_a_range(fen):
    with pytest.raises(MoneyError, match="大写金额"):
        capital_amount(fen)
