"""Every column has a disposition; a person can take a copy, and be erased to the last byte."""

import io
import json

import openpyxl
import pytest
import sqlalchemy as sa

from matchmaker import jobs
from matchmaker.accounts.models import (
    Device,
    FormerPassword,
    OneTimeLink,
    RoleGrant,
    SignInAttempt,
    User,
)
from matchmaker.audit import chain
from matchmaker.audit.models import Entry
from matchmaker.brokering.models import CandidateKind, Corpus, Pairing
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.lifecycles import (
    ExpertState,
    PairingState,
    PoolState,
    Role,
    UserState,
)
from matchmaker.messages.models import Message
from matchmaker.privacy import dispositions, erasing, people, scrubbing
from matchmaker.revisions.models import Remark, Revision
from matchmaker.sessions import WebSession
from tests.conftest import NOON

pytestmark = pytest.mark.database
LOGIN, PHONE, MAIL = "kanariya@example.cn", "13987650001", "kanari.zwei@example.cn"
EXPERT_PHONE, EXPERT_MAIL = "13987650002", "kanari.drei@example.cn"
NAME = "金丝雀某甲"


def canary(number):
    return f"kanari{number}yin"


@pytest.fixture
def ops(app):
    return lambda *args: app.test_cli_runner().invoke(args=["ops", *map(str, args)])


@pytest.fixture
def planted(app, make, instance):
    """A person whose every erasable column holds a token; return (user id, the tokens)."""
    tokens = [canary(number) for number in range(100, 130)]
    left = iter(tokens)
    user = make.user(
        Role.RESEARCHER, Role.EXPERT, login=LOGIN, name=NAME, phone=PHONE, email=MAIL,
        title=next(left), password_hash=next(left), signed_in_at=NOON, consented_at=NOON,
    )  # fmt: skip
    expert = make.add(
        Expert(
            state=ExpertState.IN_POOL, user_id=user.id, name=NAME, org_name=next(left),
            title=next(left), keywords=[next(left)], bio=f"从事{next(left)}研究",
            recent_partners=[next(left)], phone=EXPERT_PHONE, email=EXPERT_MAIL, consent_at=NOON,
            tech_field_codes=["804"], slots=[next(left)], created_at=NOON, updated_at=NOON,
        )
    )  # fmt: skip
    make.broker(
        user_id=user.id, name=NAME, org_name=next(left), intro=next(left), cert_no=next(left),
        state=PoolState.PUBLISHED,
    )  # fmt: skip
    need = make.need()
    for row in (
        Device(token_hash=next(left), user_id=user.id, first_seen_at=NOON, last_seen_at=NOON),
        FormerPassword(user_id=user.id, password_hash=next(left), replaced_at=NOON),
        OneTimeLink(token_hash=next(left), purpose="reset", user_id=user.id, expires_at=NOON),
        SignInAttempt(login=LOGIN, at=NOON, ip="10.9.8.7"),
        WebSession(
            token_hash=next(left), user_id=user.id, content=json.dumps({"form": next(left)}),
            created_at=NOON, seen_at=NOON, user_agent=next(left), ip="10.9.8.7",
        ),
        Message(user_id=user.id, subject=next(left), body=next(left), created_at=NOON),
        Revision(
            noun="expert", object_id=expert.id, number=1, content={"bio": next(left)}, at=NOON
        ),
        Remark(
            noun="expert", object_id=expert.id, number=1, field="bio", body=next(left), at=NOON
        ),
        Pairing(
            need_id=need.id, expert_id=expert.id, kind=CandidateKind.EXPERT,
            state=PairingState.REJECTED, text_score=0.5, score=50, adjustments=[],
            words=[next(left)], texts_digest="", algorithm_version="1", first_seen_at=NOON,
            computed_at=NOON, explanation={"words": [next(left)]},
        ),
    ):  # fmt: skip
        make.add(row)
    plant_elsewhere(make, user)
    mail = instance / "mail"
    mail.mkdir(exist_ok=True)
    (mail / "one.eml").write_text(f"To: {MAIL}\n\n您有一条新消息", encoding="utf-8")
    (mail / "other.eml").write_text("To: somebody@else.cn\n\n您有一条新消息", encoding="utf-8")
    yield user.id, [*tokens[: 30 - len(list(left))], LOGIN, PHONE, MAIL, EXPERT_PHONE, EXPERT_MAIL]
    for path in mail.glob("*.eml"):
        path.unlink()


def plant_elsewhere(make, user):
    """Put the person into the organisation's own data and another's."""
    make.organisation(contact_name="另一人", contact_phone=PHONE, contact_email=MAIL)
    make.team(
        institution_id=user.organisation_id, leader_name=NAME,
        members=[{"name": NAME, "title": "研究员"}, {"name": "旁人", "title": "助理"}],
    )  # fmt: skip


def bytes_of(app, instance):
    """Return everything the instance stores: on SQLite the files themselves, with their WAL."""
    found = []
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            found += [p.read_bytes() for p in instance.glob("test.db*")]
        else:
            with db.engine.connect() as connection:
                for table in db.metadata.sorted_tables:
                    rows = connection.execute(sa.select(table)).all()
                    found.append(repr([tuple(row) for row in rows]).encode())
    for folder in ("uploads", "mail"):
        found += [p.read_bytes() for p in (instance / folder).glob("**/*") if p.is_file()]
    return b"\n".join(found)


def stands(content, token):
    """Tell whether a token stands there, as text or as JSON escapes it."""
    forms = {token.encode(), json.dumps(token)[1:-1].encode()}
    return any(form in content for form in forms)


def test_every_column_of_every_model_has_a_disposition(app, shows, monkeypatch):
    with app.app_context():
        assert dispositions.faults() == []
        count = len(dispositions.table())
        extra = sa.Column("nickname", sa.String(20))
        User.__table__.append_column(extra)
        try:
            assert dispositions.faults() == ["user_account.nickname 没有处置规定"]
        finally:
            User.__table__._columns.remove(extra)
        assert dispositions.faults() == []
    shows("G", "每个模型的每一列都规定了删除、替换或保留及其依据", tried=count)
    shows("G", planted="给账号表加一列而不写处置规定")


def test_keeping_names_a_law_and_every_text_an_erased_row_reaches_is_decided(app):
    with app.app_context():
        for one in dispositions.table().values():
            if one.disposition == dispositions.KEEP and one.copy:
                assert one.basis not in {"none", "business"}, one
        reached = {name for name in people.ROWS if not dispositions.columns(name, "erase", "mask")}
        kept = {"audit_entry", "bid_party", "bounty_visit", "holder_key", "integrity_entry",
                "key_share", "objection", "objection_file", "panelist", "person_merge",
                "review_candidate", "role_grant"}  # fmt: skip
        assert reached == kept


def test_a_copy_holds_every_column_of_the_person(app, planted, ops, tmp_path, shows):
    user_id, _tokens = planted
    answer = ops("export-person", LOGIN, "--out", tmp_path / "copy.json")
    assert answer.exit_code == 0, answer.output
    text = (tmp_path / "copy.json").read_text("utf-8")
    found = {one["表"]: one for one in json.loads(text)["类别"]}
    told = {(name, column["列"]) for name, one in found.items() for column in one["项目"]}
    with app.app_context():
        wanted = set()
        for name in people.ROWS:  # every column, but of what is only worked out from the person
            if any(one.copy for one in dispositions.table().values() if one.table == name):
                wanted |= {(name, column.name) for column in db.metadata.tables[name].columns}
        assert told == wanted
        for name, one in found.items():
            table = db.metadata.tables[name]
            mine = people.rows(table, people.of(db.session.get(User, user_id)))
            stored = db.session.scalar(sa.select(sa.func.count()).select_from(table).where(mine))
            # the copy's own entry is the system's, not the person's
            assert len(one["记录"]) == stored, name
    for token in (PHONE, MAIL, EXPERT_PHONE, EXPERT_MAIL, canary(100), canary(105)):
        assert token in text
    for hidden in (canary(101), canary(112)):  # password and device: there, not shown
        assert hidden not in text
    assert "安全凭据" in text
    assert (tmp_path / "copy.json").stat().st_mode & 0o077 == 0
    shows("G", "个人信息副本含本人全部列", tried=len(told))
    answer = ops("export-person", LOGIN, "--out", tmp_path / "copy.json")
    assert "文件已存在" in answer.output


def test_the_person_downloads_the_own_data(app, planted, sign_in):
    user_id, _tokens = planted
    client = sign_in(user_id)
    answer = client.get("/account/data")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    cells = {cell.value for row in book.worksheets[0].iter_rows() for cell in row}
    assert {PHONE, EXPERT_PHONE, canary(100)} <= cells
    assert canary(101) not in cells
    assert json.loads(client.get("/account/data?format=json").data)["账号"] == LOGIN
    with app.app_context():
        entries = db.session.scalars(sa.select(Entry).where(Entry.action == "export")).all()
        assert [(e.actor_id, e.details["personal"]) for e in entries] == [(user_id, True)] * 2
    assert app.test_client().get("/account/data").status_code in {302, 401}


def drained(app):
    with app.app_context():
        jobs.drain()


def test_after_erasing_nothing_of_the_person_is_left(app, planted, ops, instance, shows, capfd):
    user_id, tokens = planted
    drained(app)  # the matcher knows the expert's words
    before = bytes_of(app, instance)
    assert [token for token in tokens if not stands(before, token)] == []
    dry = ops("erase-person", LOGIN, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "没有改动" in dry.output
    with app.app_context():
        assert db.session.get(User, user_id).phone == PHONE
    answer = ops("erase-person", LOGIN)
    assert answer.exit_code == 0, answer.output
    assert dry.output.splitlines()[:-1] == answer.output.splitlines()[:-1]
    drained(app)
    with app.app_context():
        erasing.afterwards(erasing.Outcome())  # what the jobs wrote is in the file, too
    after = bytes_of(app, instance)
    assert [token for token in tokens if stands(after, token)] == []
    out, err = capfd.readouterr()
    assert [token for token in tokens if stands((out + err + answer.output).encode(), token)] == []
    assert (instance / "mail" / "other.eml").exists()
    processing_has_stopped(app, user_id)
    shows("G", "注销后数据库、WAL、文件、检索索引、日志中没有金丝雀", tried=len(tokens))


def processing_has_stopped(app, user_id):
    with app.app_context():
        user = db.session.get(User, user_id)
        assert (user.state, user.name, user.consented_at) == (UserState.ERASED, "已注销用户", NOON)
        assert user.login == f"erased-{user.public_id}"
        expert = db.session.scalar(sa.select(Expert))
        assert (expert.state, expert.name) == (ExpertState.REMOVED, "已注销专家")
        counted = db.session.scalar(sa.select(Corpus.counts))
        assert canary(104) not in json.dumps(counted)
        entry = db.session.scalar(sa.select(Entry).where(Entry.action == "erase").limit(1))
        assert (entry.noun, entry.reason) == ("user", "本人要求删除个人信息")
        assert chain.verify()[1] == ""
        assert db.session.scalar(sa.select(sa.func.count()).select_from(RoleGrant)) > 0


def test_names_go_from_the_own_organisations_data_only(app, planted, ops, make):
    foreign = make.team(leader_name=NAME)
    assert ops("erase-person", LOGIN).exit_code == 0
    with app.app_context():
        teams = db.metadata.tables["research_team"]
        rows = db.session.execute(sa.select(teams).order_by(teams.c.id)).mappings().all()
        own, other = rows
        assert own["leader_name"] == scrubbing.GONE
        assert own["members"] == [{"name": "旁人", "title": "助理"}]
        assert (other["id"], other["leader_name"]) == (foreign.id, NAME)


@pytest.mark.parametrize("fault", ["skips_a_table", "leaves_others", "leaves_the_wal"])
def test_a_planted_leak_is_caught(app, planted, ops, instance, shows, monkeypatch, fault):
    if fault == "skips_a_table":
        real = erasing._clear
        monkeypatch.setattr(
            erasing, "_clear", lambda table, who: table.name == "message" or real(table, who)
        )
    elif fault == "leaves_others":
        monkeypatch.setattr(scrubbing, "scrub", lambda person: 0)
    else:
        with app.app_context():
            if db.engine.dialect.name != "sqlite":
                pytest.skip("PostgreSQL keeps its log elsewhere")
        monkeypatch.setattr(erasing, "_empty_log", lambda: None)
    _user_id, tokens = planted
    assert ops("erase-person", LOGIN).exit_code == 0
    after = bytes_of(app, instance)
    assert [token for token in tokens if stands(after, token)] != []
    said = {
        "skips_a_table": "注销时漏掉站内消息表",
        "leaves_others": "注销时不清理他人记录中的联系方式",
        "leaves_the_wal": "注销后不清空 WAL",
    }
    shows("G", planted=said[fault])


def test_who_still_has_duties_is_not_erased(app, make, ops):
    officer = make.user(Role.OFFICER, login="officer@example.cn", phone=PHONE)
    make.need(handler_id=officer.id)
    answer = ops("erase-person", officer.login)
    assert answer.exit_code == 1
    assert "请先移交或办结：经办的" in answer.output
    assert "须先移交或办结" in ops("erase-person", officer.login, "--dry-run").output
    with app.app_context():
        user = db.session.get(User, officer.id)
        assert (user.state, user.phone) == (UserState.ACTIVE, PHONE)
        assert db.session.scalars(sa.select(Entry)).all() == []
    assert "没有这个登录账号" in ops("erase-person", "nobody@example.cn").output


def test_the_last_administrator_is_not_erased(make, ops):
    only = make.user(Role.SECADMIN)
    assert "最后一名" in ops("erase-person", only.login).output
