"""答疑: asking on the bounty's page, answering on the owner's and the officer's."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, policy
from matchmaker.bounties import operations, questions, showing, timing
from matchmaker.bounties.pages import bp
from matchmaker.bounties.step_forms import AnswerForm, QuestionForm
from matchmaker.errors import Invalid
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

MOST_AT_ONCE = 50


@bp.post("/<public_id>/questions")
@endpoint("bounty", "ask_question")
def ask(public_id: str) -> ResponseReturnValue:
    """Ask a question."""
    form = QuestionForm()
    try:
        if not form.validate():
            raise Invalid({})
        with transaction():
            bounty = operations.get(public_id, "ask_question", viewer=me())
            questions.ask(bounty, form.body.data or "", by=me(), now=clock.now())
    except Invalid as refusal:
        form.show(refusal)
        page = showing.context(public_id, question=form)
        return render_template("bounties/show.html", **page), 422
    flash("提问已送达，答复将公开；提问人不公开。", "good")
    return redirect(url_for(".show", public_id=public_id, _anchor="questions"))


@bp.get("/<public_id>/questions")
@endpoint("bounty", "read_questions")
def waiting(public_id: str) -> ResponseReturnValue:
    """The questions that wait for an answer; for the auditor also who asked."""
    return _page(public_id, AnswerForm(formdata=None))


def _page(public_id: str, form: AnswerForm, status: int = 200) -> ResponseReturnValue:
    viewer = me()
    bounty = operations.get(public_id, "read_questions", viewer=viewer)
    names_askers = policy.permits(viewer, "bounty", "read_askers", bounty)
    page = render_template(
        "bounties/questions.html",
        bounty=bounty,
        form=form,
        waiting=questions.waiting(bounty.id),
        answered=questions.answered(bounty.id),
        everything=questions.everything(bounty.id) if names_askers else [],
        may_answer=policy.permits(viewer, "bounty", "answer_question", bounty),
        ticked=request.form.getlist("ids"),
        until=timing.stamp(bounty.question_deadline_at),
    )
    return page, status


@bp.post("/<public_id>/answers")
@endpoint("bounty", "answer_question")
def answer(public_id: str) -> ResponseReturnValue:
    """Answer one question, or several alike at once."""
    form = AnswerForm()
    ids = dict.fromkeys(request.form.getlist("ids")[:MOST_AT_ONCE])
    try:
        if not form.validate():
            raise Invalid({})
        with transaction():
            bounty = operations.get(public_id, "answer_question", viewer=me())
            chosen = [questions.get(bounty, one) for one in ids]
            body = form.public_body.data or (chosen[0].body if chosen else "")
            questions.answer(
                bounty, chosen, public_body=body, body=form.answer.data or "", by=me(),
                now=clock.now(),
            )  # fmt: skip
    except Invalid as refusal:
        form.show(refusal)
        return _page(public_id, form, 422)
    flash("答复已公开。", "good")
    return redirect(url_for(".waiting", public_id=public_id))
