"""One stage of a need's form as a page: remarks, health check, what is missing, near-duplicates."""

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.errors import Invalid
from matchmaker.forms import Form
from matchmaker.needs import content, duplicates, fields, forms, health
from matchmaker.needs.listing import UNTITLED
from matchmaker.needs.models import Need
from matchmaker.revisions import operations as revisions
from matchmaker.web import me


def stage_page(
    form: Form, need: Need | None, stage: int, *, status: int = 200, typed: bool = False
) -> ResponseReturnValue:
    """Render one stage with the bureau's remarks, the health check and what is still missing."""
    found = health.findings(need, forms.readable_values_of(form) if typed else None)
    last = stage == fields.LAST_STAGE
    remarks = revisions.open_by_field("need", need.id) if need is not None else {}
    page = render_template(
        "needs/edit.html",
        form=form,
        stage=stage,
        stages=_steps(need),
        names=[field.name for field in fields.of_stage(stage)],
        kinds={field.name: field.kind for field in fields.FIELDS},
        examples={field.name: field.example for field in fields.FIELDS},
        public_id=need.public_id if need is not None else "",
        title=(need.title or UNTITLED) if need is not None else "填报需求",
        return_reason=need.return_reason if need is not None else "",
        remarks={name: "；".join(one.body for one in found) for name, found in remarks.items()},
        elsewhere=_elsewhere(need, stage, remarks),
        findings=health.of_stage(found, stage),
        missing=_missing(need) if need is not None and last else [],
        near=duplicates.near(need, viewer=me()) if need is not None and last else [],
    )
    return page, status


def _steps(need: Need | None) -> list[tuple[int, str, str | None]]:
    return [
        (
            number,
            label,
            url_for("needs.edit", public_id=need.public_id, stage=number) if need else None,
        )
        for number, label in fields.STAGES
    ]


def _elsewhere(need: Need | None, stage: int, remarks: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (label, address) of remarked fields that are on other stages."""
    if need is None:
        return []
    return [
        (fields.LABELS[name], _field_url(need, name))
        for name in remarks
        if name in fields.LABELS and fields.stage_of(name) != stage
    ]


def _missing(need: Need) -> list[tuple[str, str]]:
    """Return (what is missing, address of its field) before the need can be submitted."""
    try:
        content.check_complete(need)
    except Invalid as refusal:
        return [
            (problem, _field_url(need, name))
            for name, problem in refusal.fields.items()
            if name != content.DECLARATION
        ]
    return []


def _field_url(need: Need, name: str) -> str:
    stage = fields.stage_of(name)
    return url_for("needs.edit", public_id=need.public_id, stage=stage, _anchor=name)
