"""答疑: asked until a day, answered to all; who asked is for the auditor alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from matchmaker import outbox, policy, secrecy, timekeeping
from matchmaker.audit import trail
from matchmaker.bounties import operations, record, timing
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.records import Question
from matchmaker.errors import Invalid, NotFound, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from matchmaker.needs.content import plain

SHORTEST, LONGEST, LONGEST_ANSWER = 5, 1000, 3000
MOST_EACH = 20  # questions of one account to one bounty


def takes_questions(bounty: Bounty) -> bool:
    """Tell whether questions may be asked now, by the database's clock."""
    open_until = select(Bounty.id).where(
        Bounty.id == bounty.id, Bounty.question_deadline_at > timekeeping.moment()
    )
    return db.session.scalar(open_until) is not None


def ask(bounty: Bounty, body: str, *, by: Any, now: datetime) -> Question:
    """Ask about a bounty; nobody but the auditor learns who did.

    Raises `WrongState` once questions have closed and `Invalid` for a text that is none.
    """
    policy.require(by, "bounty", "ask_question")
    operations.require_open(bounty)
    if not takes_questions(bounty):
        closed = timing.stamp(bounty.question_deadline_at)
        raise WrongState(f"提问已于 {closed} 截止；可致电科技局咨询。")
    text = _checked("body", "提问内容", body, SHORTEST, LONGEST)
    mine = (
        select(func.count())
        .select_from(Question)
        .where(Question.bounty_id == bounty.id, Question.asked_by_id == by.id)
    )
    if (db.session.scalar(mine) or 0) >= MOST_EACH:
        raise Invalid({"body": f"每个账号对一个榜单最多提 {MOST_EACH} 个问题"})
    question = Question(bounty=bounty, body=text, asked_at=now, asked_by_id=by.id)
    db.session.add(question)
    trail.record("ask_question", "bounty", bounty.public_id, by=by, now=now)
    outbox.add("bounty.asked", {"id": bounty.id}, now=now)
    return question


def _checked(name: str, label: str, body: str, least: int, most: int) -> str:
    text = plain(body)
    if not least <= len(text) <= most:
        raise Invalid({name: f"{label}须为 {least} 至 {most} 字，现为 {len(text)} 字"})
    hits = secrecy.guard({label: text})
    if hits:
        raise Invalid({name: secrecy.refusal(hits)})
    return text


def get(bounty: Bounty, public_id: str) -> Question:
    """Return one of the bounty's questions; raise `NotFound`."""
    query = select(Question).where(Question.bounty_id == bounty.id, Question.public_id == public_id)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def answer(
    bounty: Bounty,
    chosen: Sequence[Question],
    *,
    public_body: str,
    body: str,
    by: Any,
    now: datetime,
) -> Question:
    """Answer one question, or several alike at once; question and answer become public.

    chosen : the questions, the first leading. public_body : the question as published; it may
    leave out what tells who asked.
    """
    operations.require_open(bounty)
    if not chosen:
        raise Invalid({"ids": "请至少选择一个提问"})
    if any(one.answered_at is not None for one in chosen):
        raise WrongState("所选提问中有已经答复的，请刷新后核对。")
    lead = chosen[0]
    lead.public_body = _checked("public_body", "公布的提问", public_body, SHORTEST, LONGEST)
    lead.answer = _checked("answer", "答复", body, 1, LONGEST_ANSWER)
    for one in chosen:
        one.answered_at, one.answered_by_id = now, by.id
        one.merged_into_id = lead.id if one is not lead else None
    lead.answered_as = "科技局" if Role.OFFICER in by.roles else "发榜方"
    trail.record(
        "answer_question", "bounty", bounty.public_id, by=by, now=now, questions=len(chosen)
    )
    said = {
        "question": lead.public_body,
        "answer": lead.answer,
        "by": lead.answered_as,
        "merged": len(chosen),
    }
    record.append(bounty, "answered", said, now=now)
    outbox.add("bounty.answered", {"id": bounty.id, "question": lead.id}, now=now)
    return lead


def answered(bounty_id: int) -> list[Question]:
    """Return what everybody may read: answered questions, newest first."""
    query = select(Question).where(
        Question.bounty_id == bounty_id,
        Question.answered_at.is_not(None),
        Question.merged_into_id.is_(None),
    )
    return list(db.session.scalars(query.order_by(Question.answered_at.desc(), Question.id.desc())))


def waiting(bounty_id: int) -> list[Question]:
    """Return what still waits for an answer, oldest first: for whoever answers."""
    query = select(Question).where(Question.bounty_id == bounty_id, Question.answered_at.is_(None))
    return list(db.session.scalars(query.order_by(Question.asked_at, Question.id)))


def of_mine(bounty_id: int, viewer: Any) -> list[Question]:
    """Return what the viewer asked."""
    if not viewer.is_authenticated:
        return []
    query = select(Question).where(
        Question.bounty_id == bounty_id, Question.asked_by_id == viewer.id
    )
    return list(db.session.scalars(query.order_by(Question.id.desc())))


def everything(bounty_id: int) -> list[Question]:
    """Return every question with its asker: for the auditor."""
    query = select(Question).where(Question.bounty_id == bounty_id)
    return list(db.session.scalars(query.order_by(Question.id)))
