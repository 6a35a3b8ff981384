"""How long an upload is kept, and what giving up a batch leaves."""

import os
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker import clock, web
from matchmaker.extensions import db
from matchmaker.files import store
from matchmaker.imports import events
from matchmaker.imports.models import Batch
from matchmaker.lifecycles import BatchState, Role
from tests.browser import post
from tests.integration.imports import sheets

pytestmark = pytest.mark.database


def swept(app, path) -> bool:
    two_days_ago = (clock.now() - timedelta(days=2)).timestamp()
    os.utime(path, (two_days_ago, two_days_ago))
    with app.app_context(), web.transaction():
        events.sweep(clock.now())
    return not path.exists()


def test_an_upload_is_kept_until_its_batch_ends(app, make, sign_in):
    client = sign_in(make.user(Role.OFFICER))
    rows = sheets.needs(sheets.need("澜州新锐机械有限公司", "低温焊接修复大型模具技术"))
    batch = sheets.checked(app, client, rows)
    with app.app_context():
        path = store.path_of(db.session.scalar(select(Batch.stored_as)))
    assert not swept(app, path)
    post(client, f"/imports/{batch}/discard", page=f"/imports/{batch}")
    assert swept(app, path)
    with app.app_context():
        assert db.session.scalar(select(Batch.state)) is BatchState.DISCARDED
    assert client.get(f"/imports/{batch}/wrong-rows").status_code == 404
