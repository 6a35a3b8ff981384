"""The twenty example needs and achievements, sent as two workbooks in a bureau's own layout."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from matchmaker.achievements.models import Achievement
from matchmaker.brokering.models import Pairing, SynonymGroup, Term
from matchmaker.extensions import db
from matchmaker.imports.models import Batch
from matchmaker.lifecycles import NeedState, PoolState, Role
from matchmaker.matching.evaluation import ndcg
from matchmaker.needs.models import Need
from tests.browser import post
from tests.conftest import NOON
from tests.integration.imports import sheets

pytestmark = pytest.mark.database
ROOT = Path(__file__).parents[3]
EXAMPLES = json.loads((ROOT / "tests/data/examples.json").read_text(encoding="utf-8"))
GRADES = {(r["need_id"], r["achievement_id"]): r["grade"] for r in EXAMPLES["relevance"]}


@pytest.fixture
def workbooks(tmp_path):
    script = ROOT / "scripts" / "example_workbooks.py"
    data = ROOT / "tests" / "data" / "examples.json"
    subprocess.run([sys.executable, str(script), str(data), str(tmp_path)], check=True)
    return {
        noun: io.BytesIO((tmp_path / f"{noun}s.xlsx").read_bytes())
        for noun in ("need", "achievement")
    }


def teach(app):
    """Give the matcher the words of the examples, as a bureau would on its page."""
    with app.app_context():
        db.session.info["writing"] = True
        for word in EXAMPLES["user_dict"]:
            db.session.add(Term(word=word, added_at=NOON))
        for group in EXAMPLES["synonyms"]:
            db.session.add(SynonymGroup(words=group, added_at=NOON))
        db.session.commit()
        db.session.info.pop("writing")
        db.session.remove()


def imported(app, client, stream, noun):
    batch = sheets.checked(app, client, stream, noun=noun, name=f"{noun}.xlsx")
    post(client, f"/imports/{batch}/decide", {"all": "import"}, page=f"/imports/{batch}")
    assert sheets.confirm(app, client, batch, submits="y").status_code == 302
    with app.app_context():
        return dict(db.session.scalar(select(Batch.counts).where(Batch.public_id == batch)))


def test_both_workbooks_arrive_whole_and_rank_as_judged(app, make, sign_in, workbooks):
    teach(app)
    client = sign_in(make.user(Role.OFFICER))
    achievements = imported(app, client, workbooks["achievement"], "achievement")
    needs = imported(app, client, workbooks["need"], "need")
    assert achievements == {"new": 20, "imported": 20, "submitted": 20}
    assert needs == {"new": 20, "similar": 1, "imported": 20, "submitted": 20}
    with app.app_context():
        assert set(db.session.scalars(select(Need.state))) == {NeedState.ACCEPTED}
        assert set(db.session.scalars(select(Achievement.state))) == {PoolState.PUBLISHED}
        quality = ranking_quality()
    assert quality >= 0.93


def ranking_quality() -> float:
    """Return the mean nDCG@5 of the stored pairs over the needs that have an answer."""
    titles = {one["title"]: one["id"] for one in EXAMPLES["needs"] + EXAMPLES["achievements"]}
    query = select(Need.title, Achievement.title).select_from(Pairing)
    query = query.join(Need, Need.id == Pairing.need_id)
    query = query.join(Achievement, Achievement.id == Pairing.achievement_id)
    found: dict[str, list[str]] = {one["id"]: [] for one in EXAMPLES["needs"]}
    for need, achievement in db.session.execute(query.order_by(Pairing.score.desc(), Pairing.id)):
        found[titles[need]].append(titles[achievement])
    figures = []
    for need, ranked in found.items():
        judged = sorted((g for (n, _), g in GRADES.items() if n == need), reverse=True)
        if need not in EXAMPLES["no_match_needs"]:
            gains = [GRADES.get((need, one), 0) for one in ranked[:5]]
            figures.append(ndcg(gains, judged[:5]))
    assert len(figures) == 19
    return sum(figures) / len(figures)
