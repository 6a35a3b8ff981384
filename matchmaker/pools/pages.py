"""What the shared pages print: fields, remarks, history, versions, what may be done next."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from matchmaker import policy, web
from matchmaker.audit import trail
from matchmaker.audit.models import Entry
from matchmaker.disclosure import Hidden, Shown, shown
from matchmaker.errors import Invalid, NotFound
from matchmaker.identifiers import row_number
from matchmaker.lifecycles import Role
from matchmaker.pools import reading
from matchmaker.pools.forms import PoolForm
from matchmaker.pools.specs import Pool, Stage
from matchmaker.revisions import operations as revisions

AFTER_SUBMISSION = "科技局审核后上架，结果会在消息中告知。"
MOST_MINE = 20
OTHER_ACTS = {
    "create": "新建",
    "reveal": "查看联系方式",
    "update": "修改",
    "endorse": "院所意见",
    "consent": "登记本人同意",
    "withdraw_consent": "撤回同意",
    "list_integrity": "登记诚信记录",
    "unlist_integrity": "结束诚信记录",
    "expire_integrity": "诚信记录到期",
}
Url = Callable[..., str]


def asks_owner(viewer: Any) -> bool:
    """Tell whether the form asks for whom it is filled in: the officer acts for others."""
    return Role.OFFICER in viewer.roles


def validate(form: PoolForm) -> None:
    """Raise `Invalid` with every field the form itself finds wrong."""
    if form.validate_on_submit():
        return
    # The messages already stand beside their fields: only the refusal itself is raised.
    raise Invalid({}, "填写的内容需要修改")


def bulk(pool: Pool, viewer: Any) -> list[tuple[str, str, bool]]:
    """Return the bulk moves of the list for whoever decides."""
    if not pool.drafts or not policy.may(viewer, pool.resource, "review_decide"):
        return []
    return [("publish", "审核上架", False), ("return", "退回修改", True)]


def where_to_sign_in(back: str) -> str:
    """Return the sign-in page that leads back."""
    return url_for("accounts.sign_in", next=back)


def empty(pool: Pool, viewer: Any, url: Url) -> dict[str, str]:
    """Return what an empty list says, with the next step."""
    if not (pool.public or viewer.is_authenticated):
        where = url("index")
        return {"title": "登录并认证后可以查看", "url": where_to_sign_in(where), "label": "去登录"}
    note = {"title": f"没有符合条件的{pool.label}", "hint": "可以减少筛选条件再试。"}
    if any(policy.may(viewer, pool.resource, action) for action in pool.creates):
        return {**note, "url": url("new"), "label": f"{pool.verb}{pool.label}"}
    return {**note, "url": url("index"), "label": "查看全部"}


def mine(pool: Pool, viewer: Any) -> list[Shown]:
    """Return the viewer's own latest rows, for the top of the list; the bureau has none there."""
    if not viewer.is_authenticated or reading.is_staff(viewer):
        return []
    query = reading.own(pool, viewer).order_by(pool.model.updated_at.desc(), pool.model.id.desc())
    return shown(query.limit(MOST_MINE), viewer, pool.resource)


def lines(pool: Pool, row: Any) -> list[dict[str, Any]]:
    """Return every field as it reads: name, label, text or lines, wide, hidden."""
    found = []
    for one in pool.fields:
        text = one.text(row)
        found.append(
            {
                "name": one.name,
                "label": one.label,
                "text": str(text) if isinstance(text, Hidden) else text,
                "hidden": isinstance(text, Hidden),
                "wide": one.wide or isinstance(text, list),
            }
        )
    return found


def show(pool: Pool, row: Shown, viewer: Any, url: Url) -> dict[str, Any]:
    """Return the context of the show page."""
    inside = row.sees("created_at")  # level B: the owner and the bureau
    moves = reading.offered(pool, row, viewer)
    return {
        "row": row,
        "lines": lines(pool, row),
        "moves": [one for one in moves if one.action not in {"submit", "return", "publish"}],
        "may_decide": any(one.action in {"return", "publish"} for one in moves),
        "may_write": any(policy.permits(viewer, pool.resource, one, row) for one in pool.writes),
        "may_delete": reading.never_submitted(pool, row)
        and policy.permits(viewer, pool.resource, "delete_draft", row),
        "inside": inside,
        "remarks": revisions.open_by_field(pool.noun, row.id) if inside else {},
        "labels": pool.labels(),
        "events": history(pool, row, viewer) if inside else [],
        "may_compare": policy.permits(viewer, pool.resource, "read_versions", row),
        "first_stage": url("edit", row.public_id, key=pool.stages[0].key),
        "fix": {name: stage_url(pool, row, name, url) for name in pool.labels()},
    }


def stage_url(pool: Pool, row: Any, name: str, url: Url) -> str:
    """Return where a field is filled in."""
    return f"{url('edit', row.public_id, key=pool.stage_of(name).key)}#{name}"


def history(pool: Pool, row: Any, viewer: Any) -> list[dict[str, Any]]:
    """Return the trail of the row, newest first; outsiders read the officer's role, no name."""
    staff = reading.is_staff(viewer)
    entries = reversed(trail.history(pool.noun, row.public_id))
    return [_event(pool, entry, viewer, staff=staff) for entry in entries]


def _event(pool: Pool, entry: Entry, viewer: Any, *, staff: bool) -> dict[str, Any]:
    known = staff or entry.actor_id == viewer.id
    outside = any(role in entry.actor_roles.split() for role in ("officer", "leader"))
    labels = {move.action: move.label for move in pool.model.lifecycle.moves}
    title = labels.get(entry.action) or OTHER_ACTS.get(entry.action, entry.action)
    return {
        "when": web.as_moment(entry.at),
        "title": title,
        "by": entry.actor_name if known else ("科技局" if outside else "本单位"),
        "detail": entry.reason,
        "tone": _tone(pool, entry.to_state),
    }


def _tone(pool: Pool, state: str) -> str:
    states: dict[str, str] = {str(one): str(one.tone) for one in pool.model.lifecycle.states}
    return states.get(state, "neutral")


def edit(
    pool: Pool, stage: Stage, row: Any, *, form: PoolForm, problems: Mapping[str, str], url: Url
) -> dict[str, Any]:
    """Return the context of a stage of the form."""
    public_id = row.public_id if row is not None else ""
    remarks = revisions.open_by_field(pool.noun, row.id) if row is not None else {}
    elsewhere = [name for name in problems if name not in form]
    checked = [
        {"url": f"{url('edit', public_id, key=pool.stage_of(n).key, check=1)}#{n}",
         "label": pool.labels().get(n, ""), "text": problems[n]}
        for n in elsewhere if public_id
    ]  # fmt: skip
    last = stage is pool.stages[-1]
    return {
        "row": row,
        "form": form,
        "stage": stage,
        "last": last,
        "stages": [
            (s.key, s.label, url("edit", public_id, key=s.key) if public_id else None)
            for s in pool.stages
        ],
        "action": url("save", public_id, key=stage.key) if public_id else url("create"),
        "autosave": _autosave(pool, public_id, stage, url),
        "back": url("show", public_id) if public_id else url("index"),
        "elsewhere": checked,
        "advice": _advice(pool, row, remarks),
        "owners": reading.owners(pool) if "owner" in form else [],
    }


def _autosave(pool: Pool, public_id: str, stage: Stage, url: Url) -> str:
    """Return where the form is saved while it is written; nowhere if it knows no drafts."""
    if not pool.drafts:
        return ""
    return url("autosave", public_id, key=stage.key) if public_id else url("create")


def _advice(pool: Pool, row: Any, remarks: Mapping[str, Any]) -> dict[str, str]:
    """Return what stands at each field: the bureau's remarks first, then the form's own hints."""
    said = {
        name: "修改意见：" + "；".join(one.body for one in found) for name, found in remarks.items()
    }
    hints = pool.hints(row) if row is not None else {}
    return {
        name: "　".join(filter(None, (said.get(name), hints.get(name))))
        for name in {**hints, **said}
    }


def decide(pool: Pool, row: Shown, viewer: Any, url: Url) -> dict[str, Any]:
    """Return the context of the decision page."""
    kept = revisions.of(pool.noun, row.id)
    before = kept[1].content if len(kept) > 1 else None
    return {
        "row": row,
        "lines": lines(pool, row),
        "hints": pool.hints(row),
        "boxes": [name for stage in pool.stages for name in stage.fields],
        "remarks": revisions.open_by_field(pool.noun, row.id),
        "changes": changes(pool, before, kept[0].content) if before else [],
        "events": history(pool, row, viewer),
        "back": url("index", state="submitted"),
    }


def changes(pool: Pool, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Any]:
    """Return (label, pieces) of every field that differs; pieces as `diff.inline` takes them."""
    labels = pool.labels()
    changed = revisions.compare(before, after)
    return [(labels.get(change.field, change.field), change.segments) for change in changed]


def remarks(pool: Pool, posted: Mapping[str, str]) -> dict[str, str]:
    """Return the remarks of the decision form by field."""
    return {one.name: posted.get(f"remark-{one.name}", "") for one in pool.fields}


def versions(pool: Pool, row: Any, args: Mapping[str, str]) -> dict[str, Any]:
    """Return the context of the comparison; raise `NotFound` for a number that is none."""
    kept = revisions.of(pool.noun, row.id)
    numbers = {str(one.number): one for one in kept}
    newest = str(kept[0].number) if kept else ""
    after = args.get("after", newest)
    before = args.get("before", str((row_number(after) or 0) - 1))
    if kept and after not in numbers:
        raise NotFound
    compared = after in numbers and before in numbers
    return {
        "row": row,
        "name": getattr(row, pool.headline),
        "kept": [(str(one.number), web.as_moment(one.at)) for one in kept],
        "before": before,
        "after": after,
        "compared": compared,
        "changes": changes(pool, numbers[before].content, numbers[after].content)
        if compared
        else [],
    }
