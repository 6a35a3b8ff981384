"""Numbers the state gives out: reading them as people type them, checking, masking for display."""

import re
import unicodedata
from itertools import pairwise

from stdnum.cn import uscc

from matchmaker import codes

_CREDIT_CODE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}")
_CREDIT_LENGTH = 18
_LOOK_ALIKE = str.maketrans("OISZV", "0152U")
_MISREAD = {
    "0": "D",
    "1": "L",
    "2": "7",
    "5": "6",
    "8": "B",
    "B": "8",
    "U": "V",
    "D": "0",
    "L": "1",
}
_MOBILE = re.compile(r"1[3-9]\d{9}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PATENT = re.compile(r"(?:ZL|CN)?(\d{4})([12389])(\d{7})\.?([\dX])")
_PATENT_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_PATENT_KINDS = {
    "1": "invention",
    "2": "utility_model",
    "3": "design",
    "8": "invention",
    "9": "utility_model",
}
_FIRST_LONG_PATENT_YEAR = 2003
_ID_SHOWN, _CARD_SHOWN = 2, 4

_MOST_ROWS = 2**31 - 1  # what a 32-bit column holds


def row_number(text: str) -> int | None:
    """Return a row's number as an address or a form names it; None for what no row can have."""
    readable = text.isascii() and text.isdigit() and len(text) <= len(str(_MOST_ROWS))
    return int(text) if readable and int(text) <= _MOST_ROWS else None


class IdentifierError(ValueError):
    """The text is no such number; the message names what is wrong and the cure."""


def _fold(text: str) -> str:
    """Fold width and case and drop the blanks and dashes people put between groups."""
    return re.sub(r"[\s\-–—_]", "", unicodedata.normalize("NFKC", text)).upper()


def credit_code(text: str) -> str:
    """Return the 18 characters of a unified social credit code (统一社会信用代码).

    Source: GB 32100-2015, the check digit by python-stdnum. Raises IdentifierError with the
    likely correction when a look-alike letter or one misread character explains the failure.
    """
    code = _fold(text)
    if not code:
        raise IdentifierError("统一社会信用代码不能为空")
    if len(code) != _CREDIT_LENGTH:
        raise IdentifierError(f"统一社会信用代码应为 18 位，现为 {len(code)} 位，请核对营业执照")
    if _is_credit_code(code):
        return code
    hints = suggest_credit_codes(code)
    hint = f"是否应为 {'、'.join(hints)}？" if hints else ""
    if _CREDIT_CODE.fullmatch(code) is None:
        raise IdentifierError(
            f"统一社会信用代码中不会出现字母 I、O、S、V、Z，第 3 至 8 位应为数字。{hint}请核对"
        )
    raise IdentifierError(f"统一社会信用代码校验位不符，请核对营业执照。{hint}")


def _is_credit_code(code: str) -> bool:
    return _CREDIT_CODE.fullmatch(code) is not None and uscc.calc_check_digit(code[:-1]) == code[-1]


def suggest_credit_codes(text: str) -> list[str]:
    """Return the valid codes a mistyped one may stand for, at most three, best first.

    Look-alike letters (O/0 I/1 S/5 Z/2 V/U) are put right first; failing that, one misread
    character or one pair of exchanged neighbours. Nothing plausible: an empty list.
    """
    code = _fold(text).translate(_LOOK_ALIKE)
    if len(code) != _CREDIT_LENGTH:
        return []
    if _is_credit_code(code):
        return [code]
    misread = [
        code[:place] + _MISREAD[letter] + code[place + 1 :]
        for place, letter in enumerate(code)
        if letter in _MISREAD
    ]
    exchanged = [
        code[:place] + right + left + code[place + 2 :]
        for place, (left, right) in enumerate(pairwise(code))
        if left != right
    ]
    return [guess for guess in [*exchanged, *misread] if _is_credit_code(guess)][:3]


def organisation_type(code: str) -> str:
    """Return the kind of organisation the first two characters register, as a Chinese label."""
    prefix = credit_code(code)[:2]
    if codes.is_code("uscc_org_prefix", prefix):
        return codes.label("uscc_org_prefix", prefix)
    return codes.label("uscc_org_prefix", "Y1")


def mobile_number(text: str) -> str:
    """Return the 11 digits of a Chinese mobile number, +86 taken off."""
    digits = _fold(text).removeprefix("+86").removeprefix("0086")
    if _MOBILE.fullmatch(digits) is None:
        raise IdentifierError("手机号应为 11 位数字，以 13 至 19 开头，如 13812345678")
    return digits


def email_address(text: str) -> str:
    """Return the address trimmed and in lower case; only its shape is checked."""
    address = unicodedata.normalize("NFKC", text).strip().lower()
    if _EMAIL.fullmatch(address) is None:
        raise IdentifierError("邮箱格式不正确，应如 name@example.cn")
    return address


def patent_number(text: str) -> str:
    """Return a Chinese patent number as "ZL201010226514.3"; the check digit must hold.

    Source: ZC 0006-2003: four digits of the year, the kind, seven of serial, a check digit
    by weights 2–9 and 2–5 modulo 11 (10 is X).
    """
    matched = _PATENT.fullmatch(_fold(text))
    if matched is None:
        raise IdentifierError(
            "专利号格式不正确，应为 ZL 加 12 位数字、小数点和校验位，如 ZL200310102344.5"
        )
    year, kind, serial, check = matched.groups()
    body = year + kind + serial
    if int(year) < _FIRST_LONG_PATENT_YEAR:
        raise IdentifierError(f"专利号的年份 {year} 不正确，12 位专利号自 2003 年起使用")
    if _patent_check(body) != check:
        raise IdentifierError("专利号校验位不符，请对照专利证书核对每一位数字")
    return f"ZL{body}.{check}"


def _patent_check(body: str) -> str:
    rest = sum(
        int(digit) * weight for digit, weight in zip(body, _PATENT_WEIGHTS, strict=True)
    ) % 11  # fmt: skip
    return "X" if rest == 10 else str(rest)  # noqa: PLR2004 - the standard writes ten as X


def patent_kind(number: str) -> str:
    """Return the ip_type code a patent number belongs to."""
    return _PATENT_KINDS[patent_number(number)[6]]


def mask_phone(phone: str) -> str:
    """Show the first three and last four digits: 138****1234; a short number not at all."""
    digits = _fold(phone)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= len("13812345678") else "****"


def mask_email(email: str) -> str:
    """Show the first letter and the domain: a***@x.cn."""
    name, at, domain = email.strip().partition("@")
    return f"{name[0]}***@{domain}" if name and at else "***"


def mask_id(number: str) -> str:
    """Show the first and last character of an identity number, of a short one nothing."""
    digits = _fold(number)
    if len(digits) <= _ID_SHOWN:
        return "*" * len(digits)
    return f"{digits[0]}{'*' * (len(digits) - _ID_SHOWN)}{digits[-1]}"


def mask_bank_card(number: str) -> str:
    """Show the last four digits of a bank card, of a short number nothing."""
    digits = _fold(number)
    return f"****{digits[-_CARD_SHOWN:]}" if len(digits) > 2 * _CARD_SHOWN else "****"
