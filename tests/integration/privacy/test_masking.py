"""No list, search or export shows a whole telephone number or address, whoever reads it."""

import io

import openpyxl
import pytest

from matchmaker.exporting import WORKBOOK
from matchmaker.identifiers import mask_phone
from matchmaker.lifecycles import Role

pytestmark = [pytest.mark.database, pytest.mark.pages]
PHONES = {"user": "13987651111", "organisation": "13987652222", "expert": "13987653333"}
MAILS = {"user": "kanari1@maskiert.cn", "organisation": "kanari2@maskiert.cn",
         "expert": "kanari3@maskiert.cn"}  # fmt: skip
LISTS = ("/users", "/members", "/organisations", "/experts/", "/teams/", "/brokers/", "/needs",
         "/objections", "/visits")  # fmt: skip
COLUMNS = "name,phone,email,contact,contact_name,contact_phone,contact_email"


@pytest.fixture
def filled(make):
    """People, an organisation and an expert with numbers; return the organisation."""
    unit = make.organisation(contact_phone=PHONES["organisation"], contact_name="联系人",
                             contact_email=MAILS["organisation"])  # fmt: skip
    user = {"organisation": unit, "phone": PHONES["user"], "email": MAILS["user"]}
    make.user(Role.ENTERPRISE_USER, **user)
    make.expert(phone=PHONES["expert"], email=MAILS["expert"], keywords=["打磨"])
    return unit


def said(answer):
    """Return what an answer says, a workbook's cells too."""
    if answer.mimetype != WORKBOOK:
        return answer.get_data(as_text=True)
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    return "\n".join(str(c.value) for s in book for row in s.iter_rows() for c in row)


def leaks(client):
    """Return (pages read, what stood there whole, what was masked)."""
    read, found, masked = 0, set(), set()
    for path in LISTS:
        for address in (f"{path}?cols={COLUMNS}&size=100", f"{path.rstrip('/')}/export?all=1"):
            answer = client.get(address)
            if answer.status_code == 200:
                read += 1
                text = said(answer)
                whole = [*PHONES.values(), *MAILS.values()]
                found |= {(address, one) for one in whole if one in text}
                masked |= {one for one in PHONES if mask_phone(PHONES[one]) in text}
    return read, found, masked


def test_lists_show_masked_numbers_only(make, sign_in, filled, shows):
    total, seen = 0, set()
    for role in (Role.OFFICER, Role.SYSADMIN):
        read, found, masked = leaks(sign_in(make.user(role)))
        assert found == set()
        total, seen = total + read, seen | masked
    read, found, masked = leaks(manager(make, sign_in, filled))
    assert found == set()
    assert seen | masked == set(PHONES)  # they were there to be seen
    shows("G", "名单和导出中手机号、邮箱一律遮盖", tried=total + read)


def manager(make, sign_in, unit):
    return sign_in(make.user(Role.ENTERPRISE_ADMIN, organisation=unit))


def test_a_list_without_mask_is_caught(make, sign_in, filled, shows, monkeypatch):
    monkeypatch.setattr("matchmaker.identifiers.mask_phone", lambda phone: phone)
    assert leaks(sign_in(make.user(Role.OFFICER)))[1]
    shows("G", planted="名单显示完整手机号")
