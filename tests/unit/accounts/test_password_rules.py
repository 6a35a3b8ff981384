"""What a password must be, by kind of account: every rule with what it refuses and lets pass."""

import pytest

from matchmaker.accounts import password_rules as rules
from matchmaker.lifecycles import ADMINISTRATORS, BUREAU, Role

OUTSIDE = (Role.ENTERPRISE_USER, Role.ENTERPRISE_ADMIN, Role.RESEARCHER, Role.INSTITUTION_ADMIN)


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_administrators_keep_to_the_strictest(role):
    assert rules.profile({role, Role.VISITOR}) is rules.ADMINISTRATOR


@pytest.mark.parametrize("role", sorted(BUREAU))
def test_the_bureau_renews_its_passwords(role):
    assert rules.profile({role}) is rules.BUREAU_MEMBER
    assert rules.BUREAU_MEMBER.rotation.days == 90


@pytest.mark.parametrize("role", OUTSIDE)
def test_others_need_length_only(role):
    assert rules.profile({role}) is rules.OTHERS
    assert rules.profile({role, Role.EXPERT}) is rules.EXPERT


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("Hai-tang26", ""),
        ("Hai-t26", "至少 8 个字符"),
        ("haitanglou26", "三类"),
        ("HAITANG海棠", "三类"),
        ("Zhang-Lou26", "登录账号"),
        ("Hai-1234-t", "连续"),
        ("Hai-4321-t", "连续"),
        ("Qwer-tang2", "连续"),
        ("Abcd-tang2", "连续"),
        ("Passw0rd!", "常见密码"),
        ("Aa1!" * 33, "最多 128"),
    ],
)
def test_a_composed_password(password, says):
    found = "；".join(rules.problems(password, login="zhang@kj.cn", rules=rules.BUREAU_MEMBER))
    assert says in found
    assert bool(found) == bool(says)


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("haishui danhua mo", ""),
        ("zhang zhang zhi li", ""),
        ("haishui mo", "至少 12 个字符"),
        ("password1234", "常见密码"),
        ("PASSWORD12345", "常见密码"),
        ("abababababab", "常见密码"),
        ("aaaaaaaaaaaaaaa", "常见密码"),
        ("haimohaimohaimo", "常见密码"),
    ],
)
def test_a_long_password(password, says):
    found = "；".join(rules.problems(password, login="zhang", rules=rules.OTHERS))
    assert says in found
    assert bool(found) == bool(says)


def test_a_short_login_says_nothing_about_the_password():
    assert rules.problems("Hai-tang26", login="ha", rules=rules.BUREAU_MEMBER) == []


def test_the_bundled_list_is_read():
    assert len(rules.common()) >= 250
    assert all(word == word.lower() and word for word in rules.common())
