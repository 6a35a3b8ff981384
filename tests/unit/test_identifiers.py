import json
from pathlib import Path

import pytest

from matchmaker.identifiers import (
    IdentifierError,
    credit_code,
    email_address,
    mask_bank_card,
    mask_email,
    mask_id,
    mask_phone,
    mobile_number,
    organisation_type,
    patent_kind,
    patent_number,
    suggest_credit_codes,
)

EXAMPLES = json.loads(
    (Path(__file__).parents[1] / "data" / "examples.json").read_text(encoding="utf-8")
)
VALID = "91371099XXXX00019Y"


@pytest.mark.parametrize("row", [*EXAMPLES["needs"], *EXAMPLES["achievements"]])
def test_every_example_code_holds(row):
    code = row.get("uscc") or row["owner_uscc"]
    assert credit_code(code) == code


@pytest.mark.parametrize(
    "text",
    [
        VALID,
        VALID.lower(),
        f"  {VALID} ",
        "9137 1099 XXXX 0001 9Y",
        "９１３７１０９９ＸＸＸＸ０００１９Ｙ",
        "91371099-XXXX0001-9Y",
        "91350100M000100Y43",
        "12370000XXXX00019A",
    ],
)
def test_codes_are_read_as_people_type_them(text):
    assert len(credit_code(text)) == 18


def test_the_check_digit_of_the_standard():
    assert credit_code("91350100M000100Y43") == "91350100M000100Y43"
    for wrong in "0123456789ABCDEFGHJKLMNPQRTUWXY".replace("3", ""):
        with pytest.raises(IdentifierError, match="校验位不符"):
            credit_code("91350100M000100Y4" + wrong)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "不能为空"),
        ("9137", "应为 18 位，现为 4 位"),
        (VALID + "1", "现为 19 位"),
        ("9137109AXXXX00019Y", "第 3 至 8 位应为数字"),
        ("91350100M000100Y4Z", "不会出现字母"),
        ("统一社会信用代码没有填写正确的十八位", "不会出现字母"),
    ],
)
def test_what_is_no_code_is_refused(text, said):
    with pytest.raises(IdentifierError, match=said):
        credit_code(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9137I099XXXX00019Y", VALID),
        ("91371O99XXXX00019Y", VALID),
        ("91371099XXXXOOOI9Y", VALID),
        ("9135O100M0OO100Y43", "91350100M000100Y43"),
        ("913S0100M000100Y43", "91350100M000100Y43"),
        ("91371099XXXX000Z7R", "91371099XXXX00027R"),
        ("91371099XXXX0003SL", "91371099XXXX00035L"),
    ],
)
def test_a_look_alike_letter_is_explained(typed, meant):
    with pytest.raises(IdentifierError, match=f"是否应为 {meant}？"):
        credit_code(typed)


def test_a_v_may_be_a_u():
    code = "91371090U00000000"
    wanted = next(
        code + letter for letter in "0123456789ABCDEFGHJKLMNPQRTUWXY" if _holds(code + letter)
    )
    assert suggest_credit_codes(wanted.replace("U", "V")) == [wanted]


def _holds(code):
    try:
        return bool(credit_code(code))
    except IdentifierError:
        return False


def test_exchanged_neighbours_are_found():
    exchanged = "91370199XXXX00019Y"
    assert VALID in suggest_credit_codes(exchanged)


@pytest.mark.parametrize("text", ["9137", "91371099XXXX00012Y"])
def test_no_correction_is_invented(text):
    assert VALID not in suggest_credit_codes(text)


@pytest.mark.parametrize(
    ("code", "kind"),
    [(VALID, "企业"), ("12370000XXXX00019A", "事业单位")],
)
def test_the_prefix_names_the_kind(code, kind):
    assert organisation_type(code) == kind


def test_a_prefix_of_letters_is_registered_too():
    body = "N2371099XXXX00019"
    code = next(
        body + letter for letter in "0123456789ABCDEFGHJKLMNPQRTUWXY" if _holds(body + letter)
    )
    assert organisation_type(code) == "农村村级集体经济组织"


def test_a_prefix_off_the_list_is_other():
    body = "92371099XXXX00019"
    known = next(
        body + letter for letter in "0123456789ABCDEFGHJKLMNPQRTUWXY" if _holds(body + letter)
    )
    assert organisation_type(known) == "个体工商户"
    body = "99371099XXXX00019"
    other = next(
        body + letter for letter in "0123456789ABCDEFGHJKLMNPQRTUWXY" if _holds(body + letter)
    )
    assert organisation_type(other) == "其他"


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "138 1234 5678",
        "+86 138-1234-5678",
        "１３８１２３４５６７８",
        "008613812345678",
    ],
)
def test_mobile_numbers(text):
    assert mobile_number(text) == "13812345678"


@pytest.mark.parametrize(
    "text", ["", "12812345678", "1381234567", "138123456789", "0631-5201234", "1381234567a"]
)
def test_what_is_no_mobile_number(text):
    with pytest.raises(IdentifierError, match="手机号应为 11 位数字"):
        mobile_number(text)


def test_email_addresses():
    assert email_address(" Zhang@Example.CN ") == "zhang@example.cn"
    for wrong in ("", "zhang", "zhang@", "@x.cn", "a b@x.cn", "zhang@x"):
        with pytest.raises(IdentifierError, match="邮箱格式不正确"):
            email_address(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "ZL200310102344.5",
        "zl 2003 1 0102344.5",
        "CN200310102344.5",
        "2003101023445",
        "ＺＬ２００３１０１０２３４４．５",
    ],
)
def test_the_patent_number_of_the_standard(text):
    assert patent_number(text) == "ZL200310102344.5"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ZL200310102344.6", "校验位不符"),
        ("ZL200310102345.5", "校验位不符"),
        ("ZL200340102344.5", "格式不正确"),
        ("ZL19991010234.5", "格式不正确"),
        ("ZL199910102344.5", "年份 1999"),
        ("CN101234567A", "格式不正确"),
        ("", "格式不正确"),
    ],
)
def test_what_is_no_patent_number(text, said):
    with pytest.raises(IdentifierError, match=said):
        patent_number(text)


def test_a_check_digit_of_ten_is_written_x():
    found = [f"ZL20202{serial:07d}.X" for serial in range(50) if _patent(f"20202{serial:07d}X")]
    assert found
    assert patent_number(found[0].lower()) == found[0]


def _patent(text):
    try:
        return patent_number(text)
    except IdentifierError:
        return ""


def test_the_kind_of_patent():
    assert patent_kind("ZL200310102344.5") == "invention"
    utility = next(text for check in "0123456789X" if (text := _patent(f"202020000001{check}")))
    assert patent_kind(utility) == "utility_model"


@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        (mask_phone, "13812341234", "138****1234"),
        (mask_phone, "138 1234 1234", "138****1234"),
        (mask_phone, "110", "****"),
        (mask_phone, "5201234", "****"),
        (mask_email, "abc@x.cn", "a***@x.cn"),
        (mask_email, "a@x.cn", "a***@x.cn"),
        (mask_email, "@x.cn", "***"),
        (mask_email, "nobody", "***"),
        (mask_id, "371001199001011234", "3****************4"),
        (mask_id, "12", "**"),
        (mask_id, "", ""),
        (mask_bank_card, "6222 0212 3456 7890", "****7890"),
        (mask_bank_card, "12345678", "****"),
    ],
)
def test_masks_show_no_more_than_they_may(mask, text, shown):
    assert mask(text) == shown
