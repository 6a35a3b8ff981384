"""Related parties over the database: asking, keeping, judging, renaming, declaring; who may."""

import pytest
from sqlalchemy import func, select

from matchmaker import web
from matchmaker.accounts import organisations, renaming
from matchmaker.accounts.models import Organisation, OrganisationKind, User
from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotAllowed, Stale, WrongState
from matchmaker.extensions import db
from matchmaker.kinship import Kind, Level, Mention, Tie
from matchmaker.lifecycles import OrganisationState, RelationState, Role
from matchmaker.relations import declaring, operations, parties
from matchmaker.relations.models import DeclaredRelation, RelationFinding, RelationHit, Source
from tests.conftest import NOON

pytestmark = pytest.mark.database
R = RelationState
SIDES = declaring.Sides("岑溪", "济南大学", "沈芷江", "海澜芷江电子有限公司")


@pytest.fixture
def officer(make):
    return make.user(Role.OFFICER)


@pytest.fixture
def chief(make):
    return make.user(Role.SECTION_CHIEF)


def pair(make, **values):
    """Two firms with one telephone: a mere notice."""
    values.setdefault("contact_phone", "0634-5218866")
    return (
        make.organisation(name="海澜观沧机械有限公司", **values),
        make.organisation(name="青岛碣石泵业有限公司", **values),
    )


def holding(make, ratio="51"):
    a = make.organisation(name="海澜观沧机械有限公司")
    b = make.organisation(
        name="青岛碣石泵业有限公司", controllers=[{"name": a.name, "ratio": ratio, "uscc": ""}]
    )
    return a, b


def check(a, b, subject=1, **options):
    return operations.check("bounty", subject, [a], [b], now=NOON, label="某榜单", **options)


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_finding_writes_nothing(app, make):
    with app.app_context():
        pair(make)
        a, b = _rows()
        (found,) = operations.find([a], [b], now=NOON)  # the reader's engine could not write
        assert (found.kind, found.level, found.state) == (Kind.PHONE, Level.NOTICE, None)
        assert (found.blocks, found.waits) == (False, True)
        assert count(RelationHit) == count(RelationFinding) == 0


def test_what_is_checked_is_kept_once_and_under_each_subject(writing, make):
    a, b = pair(make)
    (row,) = check(a, b)
    assert check(b, a) == [row]
    assert check(a, b, subject=2) == [row]
    assert (count(RelationHit), count(RelationFinding)) == (1, 2)
    assert operations.of_subject("bounty", 1) == [row]
    assert operations.of_subject("bounty", 3) == []
    assert "0634****8866" not in row.evidence or "5218866" not in row.evidence


def test_a_dismissed_hit_stays_dismissed_until_its_evidence_changes(writing, make, officer):
    a, b = holding(make, ratio="12.5")
    (row,) = check(a, b)
    assert operations.waiting([row]) == [row]
    judge(row, "dismiss", officer, "已核对股权，持股仅为财务投资")
    assert operations.waiting([row]) == operations.blocking([row]) == []
    (again,) = check(a, b, subject=2)
    assert (again.state, again.reason) == (R.DISMISSED, "已核对股权，持股仅为财务投资")
    (found,) = operations.find([a], [b], now=NOON)
    assert found.state is R.DISMISSED
    assert not found.blocks
    assert not found.waits
    b.controllers = [{"name": a.name, "ratio": "20", "uscc": ""}]
    db.session.flush()
    (found,) = operations.find([a], [b], now=NOON)
    assert found.waits
    (again,) = check(a, b, subject=3)
    assert (again.id, again.state, again.reason) == (row.id, R.OPEN, "")
    actions = [one.action for one in trail.history("relation", row.public_id)]
    assert actions == ["create", "dismiss", "reopen"]


def test_a_confirmed_notice_blocks(writing, make, officer):
    (row,) = check(*pair(make))
    judge(row, "confirm", officer)
    assert operations.blocking([row]) == [row]
    (found,) = operations.find(*([[one] for one in _rows()]), now=NOON)
    assert found.blocks


def judge(row, action, by, reason="电话联系双方核实过", version=""):
    version = version or str(row.version)
    operations.judge(row, action, reason=reason, version=version, by=by, now=NOON)


def declare(sides, by, words="夫妻"):
    return declaring.declare(
        sides, kind=Kind.KIN, source=Source.PLEDGE, words=words, on=None, by=by, now=NOON
    )


def _rows():
    return db.session.scalars(select(Organisation).order_by(Organisation.id)).all()


def test_what_blocks_is_dismissed_by_the_chief_alone(writing, make, officer, chief):
    (row,) = check(*holding(make))
    assert operations.blocking([row]) == [row]

    with pytest.raises(NotAllowed, match="科室负责人"):
        judge(row, "dismiss", officer)
    assert row.state is R.OPEN
    judge(row, "dismiss", chief)
    assert operations.blocking([row]) == []


def test_a_judgement_wants_reason_version_and_an_open_hit(writing, make, officer):
    (row,) = check(*pair(make))
    with pytest.raises(Invalid, match="核实的经过"):
        judge(row, "confirm", officer, " 无 ")
    with pytest.raises(Stale):
        judge(row, "confirm", officer, version="7")
    judge(row, "confirm", officer)
    with pytest.raises(WrongState):
        judge(row, "dismiss", officer)


def test_an_institution_renamed_still_meets_its_expert(writing, make, officer):
    university = make.organisation(OrganisationKind.INSTITUTION, name="澜州工学院")
    expert = make.expert(name="嵇北溟", org_name="澜州工学院材料系")
    stranger = make.expert(name="顾南乔", org_name="澜州工程职业学院")
    found = operations.conflicts_of([expert, stranger], [university], now=NOON)
    assert [f.kind for f in found[expert.id]] == [Kind.EMPLOYER]
    assert found[stranger.id] == []
    version = university.version
    renaming.rename(
        university, "澜州理工大学", basis="教育部批复", version=version, by=officer, now=NOON
    )
    db.session.expire_all()
    after = operations.conflicts_of([expert, stranger], [university], now=NOON)
    assert [f.kind for f in after[expert.id]] == [Kind.EMPLOYER]
    bidder = {"name": "", "organisation": "澜州工学院"}  # as an old paper names it
    assert operations.find([university], [bidder], now=NOON)[0].kind is Kind.SAME_ENTITY
    with pytest.raises(Stale):
        renaming.rename(university, "澜州大学", basis="批复", version=version, by=officer, now=NOON)
    with pytest.raises(Invalid, match="依据"):
        renaming.rename(
            university, "澜州大学", basis=" ", version=university.version, by=officer, now=NOON
        )


def test_an_unclaimed_organisation_keeps_its_former_name_too(writing, make, officer):
    row = make.organisation(name="澜州工学院", state=OrganisationState.UNCLAIMED)
    organisations.update(row, {"name": "澜州理工大学"}, version=row.version, by=officer, now=NOON)
    db.session.expire_all()
    assert [str(name) for name in row.former_names] == ["澜州工学院"]


def test_recent_partners_and_team_members_count(writing, make):
    firm = make.organisation(name="澜州海泊重工机械有限公司", aliases=["海泊重工"])
    school = make.organisation(OrganisationKind.INSTITUTION, name="山东科技大学")
    team = make.team(
        organisation=school, leader_name="仇远岫", members=[{"name": "文若虚", "organisation": ""}]
    )
    partner = make.expert(name="陶陶然", org_name="大连理工大学", recent_partners=["海泊重工"])
    mate = make.expert(name="文若虚", org_name="山东科技大学机械学院")
    found = operations.conflicts_of([partner, mate], [firm, *parties.members(team)], now=NOON)
    assert [f.kind for f in found[partner.id]] == [Kind.CONTRACT]
    assert {f.kind for f in found[mate.id]} >= {Kind.EMPLOYER, Kind.SAME_PERSON}


def test_ties_a_caller_knows_count_for_this_question_only(writing, make):
    expert = make.expert(name="戴月归", org_name="大连海事大学")
    firm = make.organisation(name="澜州海泊重工机械有限公司")
    bids = [
        Tie(Kind.COMPETITOR, (Mention("戴月归", "大连海事大学"), Mention("", firm.name)), "某榜单")
    ]
    assert operations.conflicts_of([expert], [firm], now=NOON, ties=bids)[expert.id]
    assert operations.conflicts_of([expert], [firm], now=NOON)[expert.id] == []


def test_a_declaration_counts_until_it_is_revoked(writing, make, officer):
    firm = make.organisation(name="海澜芷江电子有限公司", legal_rep="沈芷江")
    expert = make.expert(name="岑溪", org_name="济南大学")
    row = declare(SIDES, officer)
    (found,) = operations.find([expert], [firm], now=NOON)
    assert (found.kind, found.level) == (Kind.KIN, Level.BLOCK)
    assert "夫妻，承诺书申报" in found.evidence
    declaring.revoke(row.public_id, reason="登记有误", by=officer, now=NOON)
    assert operations.find([expert], [firm], now=NOON) == []
    with pytest.raises(WrongState):
        declaring.revoke(row.public_id, reason="登记有误", by=officer, now=NOON)


def test_a_declaration_says_who_and_what(writing, officer):
    wrong = declaring.Sides("", "", "沈芷江", "海澜芷江电子有限公司")
    with pytest.raises(Invalid) as refused:
        declare(wrong, officer, words="")
    assert set(refused.value.fields) == {"a_name", "a_organisation", "words"}
    assert count(DeclaredRelation) == 0


def test_two_judge_at_once(app, make, officer, chief):
    """One judgement stands, the other is told that it came too late."""
    with app.app_context(), web.transaction():
        (row,) = check(*pair(make))
        public_id, version = row.public_id, str(row.version)
    results = []
    for user, action in ((officer, "dismiss"), (chief, "confirm")):
        with app.app_context():
            by = db.session.get_one(User, user.id)
            try:
                with web.transaction():
                    hit = operations.get(public_id, viewer=by, action="judge")
                    operations.judge(
                        hit, action, reason="电话核实过了", version=version, by=by, now=NOON
                    )
                results.append(action)
            except Stale:
                results.append("stale")
    assert results == ["dismiss", "stale"]
