"""What joins two parties, how strongly, and what does not."""

from datetime import date

import pytest

from matchmaker.kinship import (
    Kind,
    Level,
    Mention,
    Organisation,
    Partner,
    Person,
    Post,
    Register,
    Stake,
    Tie,
    find,
)

TODAY = date(2026, 11, 20)
A, B = Organisation("a", "海澜观沧机械有限公司"), Organisation("b", "青岛碣石泵业有限公司")


def hits(*parties, left="a", right="b", ties=()):
    register = Register(today=TODAY)
    register.add_all(parties, ties)
    return find(register, [left], [right])


def levels(*parties, **options):
    return {(hit.kind, hit.level) for hit in hits(*parties, **options)}


def org(key, name, **values):
    return Organisation(key, name, **values)


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        (4.9, set()),
        (5, {(Kind.HOLDING, Level.NOTICE)}),
        (24.99, {(Kind.HOLDING, Level.NOTICE)}),
        (25, {(Kind.HOLDING, Level.BLOCK)}),
        (None, {(Kind.HOLDING, Level.BLOCK)}),
    ],
)
def test_holding(ratio, expected):
    held = org("b", "青岛碣石泵业有限公司", controllers=[Stake(A.name, ratio)])
    assert levels(A, held) == expected


def test_a_holding_of_a_holding_is_multiplied_unless_it_controls():
    middle = org("m", "澜州幸甚投资有限公司", controllers=[Stake(A.name, 40)])
    end = org("b", "青岛碣石泵业有限公司", controllers=[Stake(middle.name, 40)])
    assert levels(A, middle, end) == {(Kind.HOLDING, Level.NOTICE)}  # 16 %
    middle = org("m", "澜州幸甚投资有限公司", controllers=[Stake(A.name, 51)])
    assert levels(A, middle, end) == {(Kind.HOLDING, Level.BLOCK)}
    middle = org("m", "澜州幸甚投资有限公司", controllers=[Stake(A.name, 10)])
    assert levels(A, middle, end) == set()  # 4 %


def test_partners_of_a_joint_venture_are_not_related():
    venture = org("v", "海澜歌志有限公司", controllers=[Stake(A.name, 50), Stake(B.name, 50)])
    assert levels(A, B, venture) == set()


def test_the_state_as_common_holder_relates_nobody():
    state = Stake("澜州市国有资产监督管理委员会", 100)
    left, right = (org(k, n, controllers=[state]) for k, n in (("a", A.name), ("b", B.name)))
    assert levels(left, right) == set()
    common = Stake("澜州幸甚控股有限公司", 60)
    left, right = (org(k, n, controllers=[common]) for k, n in (("a", A.name), ("b", B.name)))
    assert levels(left, right) == {(Kind.CONTROLLER, Level.BLOCK)}


@pytest.mark.parametrize(
    ("name", "phones", "expected"),
    [
        ("司空摘星", (), {(Kind.LEGAL_REP, Level.NOTICE)}),
        ("张伟", (), set()),
        ("张伟", ["13905310001"], {(Kind.LEGAL_REP, Level.BLOCK), (Kind.PHONE, Level.NOTICE)}),
    ],
)
def test_one_legal_representative(name, phones, expected):
    left = org("a", A.name, legal_rep=name, phones=phones)
    right = org("b", B.name, legal_rep=name, phones=phones)
    assert levels(left, right) == expected


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        ("海澜区文化路1号创新大厦1203室", "山东省澜州市海澜区文化路1号创新大厦12楼1203", True),
        ("海澜区文化路1号创新大厦1203室", "海澜区文化路1号创新大厦1204室", False),
        ("海澜区文化路1号创新大厦", "海澜区文化路1号创新大厦", False),
        ("海澜区青石镇工业园", "海澜区青石镇工业园", False),
        ("海澜区文化路1号1203室", "城阳区文化路1号1203室", False),
        ("海澜区滨海路十号", "海澜区滨海路10号", True),
        ("海澜区滨海路10号", "澜州市海澜区滨海路１０号", True),
    ],
)
def test_one_address(left, right, joined):
    found = levels(org("a", A.name, address=left), org("b", B.name, address=right))
    assert found == ({(Kind.ADDRESS, Level.NOTICE)} if joined else set())


def test_a_number_of_an_agency_joins_nobody():
    phone = ["0634-5550000"]
    few = [org(f"x{n}", f"海澜{n}号商贸有限公司", phones=phone) for n in range(3)]
    many = [org(f"x{n}", f"海澜{n}号商贸有限公司", phones=phone) for n in range(9)]
    assert levels(*few, left="x0", right="x1") == {(Kind.PHONE, Level.NOTICE)}
    assert levels(*many, left="x0", right="x1") == set()


SDU = org("b", "山东大学", code="12100000495570303U", aliases=["山大"])


@pytest.mark.parametrize(
    ("organisation", "until", "expected"),
    [
        ("山东大学机械工程学院", None, {(Kind.EMPLOYER, Level.BLOCK)}),
        ("山东科技大学", None, set()),
        ("山大", date(2023, 11, 20), {(Kind.EMPLOYER, Level.BLOCK)}),
        ("山东大学", date(2023, 11, 19), set()),
    ],
)
def test_one_employer_within_three_years(organisation, until, expected):
    expert = Person("a", "林栖迟", [Post(organisation, until)])
    assert levels(expert, SDU) == expected


def test_an_employer_renamed_still_hits():
    renamed = org("b", "澜州理工大学", former=["澜州工学院"])
    expert = Person("a", "林栖迟", [Post("澜州工学院材料系")])
    assert levels(expert, renamed) == {(Kind.EMPLOYER, Level.BLOCK)}


@pytest.mark.parametrize(
    ("on", "expected"),
    [(date(2023, 11, 20), {(Kind.CONTRACT, Level.BLOCK)}), (date(2023, 11, 19), set()),
     (None, {(Kind.CONTRACT, Level.BLOCK)})],
)  # fmt: skip
def test_a_partner_within_three_years(on, expected):
    expert = Person("a", "林栖迟", [Post("大连理工大学")], [Partner("山东大学齐鲁医院", on)])
    assert levels(expert, SDU) == expected


def works(*people, on=date(2025, 1, 1), kind=Kind.CO_AUTHOR):
    return [Tie(kind, [Mention(*one) for one in people], "某文", on)]


def test_co_authors_are_known_by_name_and_employer():
    expert = Person("a", "王磊", [Post("南京工业大学")])
    other = Person("b", "陈曦", [Post("东南大学能源学院")])
    paper = works(("王磊", "南京工业大学膜所"), ("陈曦", "东南大学"))
    assert levels(expert, other, ties=paper) == {(Kind.CO_AUTHOR, Level.BLOCK)}
    assert levels(expert, other, ties=works(("王磊", "南京大学"), ("陈曦", "东南大学"))) == set()
    old = works(("王磊", "南京工业大学"), ("陈曦", "东南大学"), on=date(2023, 11, 19))
    assert levels(expert, other, ties=old) == set()


def test_kinship_reaches_the_firm_of_the_kin():
    firm = org("b", B.name, legal_rep="沈芷江")
    expert = Person("a", "岑溪", [Post("济南大学")])
    declared = [Tie(Kind.KIN, [Mention("岑溪", "济南大学"), Mention("沈芷江", B.name)], "夫妻")]
    assert levels(expert, firm, ties=declared) == {(Kind.KIN, Level.BLOCK)}
    other = org("b", "青岛芷江商贸有限公司", legal_rep="沈芷江")
    assert levels(expert, other, ties=declared) == set()


def test_a_person_who_stands_on_both_sides():
    one = Person("a", "林栖迟", [Post("山东大学机械工程学院")])
    assert levels(one, Person("b", "林 栖迟", [Post("山东大学")])) >= {
        (Kind.SAME_PERSON, Level.BLOCK)
    }
    other = Person("b", "林栖迟", [Post("青岛大学")])
    assert levels(one, other) == set()


def test_the_chain_reads_and_is_known_again():
    middle = org("m", "澜州乙和铸造有限公司", controllers=[Stake(A.name, 30)], legal_rep="裘子衡",
                 phones=["13806347712"])  # fmt: skip
    end = org("b", "青岛丙申装备有限公司", legal_rep="裘子衡", phones=["138-0634-7712"])
    (hit,) = hits(A, middle, end)
    assert hit.evidence == (
        "海澜观沧机械有限公司 —持股30%→ 澜州乙和铸造有限公司 —法定代表人→ "
        "裘子衡（澜州乙和铸造有限公司） —同名同电话（138****7712）→ "
        "裘子衡（青岛丙申装备有限公司） —任法定代表人→ 青岛丙申装备有限公司"
    )
    (again,) = hits(end, A, middle, left="b", right="a")
    assert again == hit
    renamed = org("b", "青岛丙辰装备有限公司", legal_rep="裘子衡", phones=["138-0634-7712"])
    assert hits(A, middle, renamed)[0].fingerprint == hit.fingerprint
    more = org("m", middle.name, controllers=[Stake(A.name, 40)], legal_rep="裘子衡",
               phones=["13806347712"])  # fmt: skip
    assert hits(A, more, end)[0].fingerprint != hit.fingerprint


def test_ten_parties_of_ten_thousand_are_answered_by_few_looks():
    """The structure that makes it fast: a party's neighbours only, never all pairs."""
    register = Register(today=TODAY)
    register.add_all(
        org(f"o{n}", f"澜州{n}号机械有限公司", phones=[f"139{n:08d}"]) for n in range(2000)
    )
    looked: list[str] = []
    from matchmaker.kinship.links import Links

    plain = Links.of
    Links.of = lambda self, key: looked.append(key) or plain(self, key)
    try:
        find(register, [f"o{n}" for n in range(5)], [f"o{n}" for n in range(5, 10)])
    finally:
        Links.of = plain
    assert len(looked) <= 20
