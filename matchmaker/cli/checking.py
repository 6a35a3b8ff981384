"""`flask ops invariants` and `flask ops sweep`: what is wrong with the data, what lies about."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from matchmaker import clock
from matchmaker.cli.failing import Failure
from matchmaker.cli.ops import ops
from matchmaker.files import store
from matchmaker.guard import invariants
from matchmaker.guard.checks import INVARIANTS
from matchmaker.ops import sweeping

UNDER_WAY = timedelta(hours=24)  # what is younger may belong to a request still under way


@ops.command("invariants", help="核对十二条不变量；有一条被破坏就列出记录并返回非零。")
@with_appcontext
def check_invariants() -> None:
    """Print a line an invariant; fail where one is broken, naming the rows."""
    broken = invariants.broken()
    asked = Counter(check.code for check in invariants.CHECKS)
    for code, said in INVARIANTS.items():
        mine = [finding for finding in broken if finding.code == code]
        click.echo(f"{'不符' if mine else '完好'}  {code} {said}（{asked[code]} 项检查）")
        for finding in mine:
            click.echo(f"      {finding}")
    if broken:
        message = f"{len({one.code for one in broken})} 条不变量被破坏，请先备份现状再核实"
        raise Failure(message)
    click.echo(f"{len(INVARIANTS)} 条不变量全部完好，共 {len(invariants.CHECKS)} 项检查。")


@ops.command("sweep", help="清除超过 24 小时的半截文件，并列出没有记录的上传文件（不删除）。")
@with_appcontext
def sweep() -> None:
    """Remove what a crash left half-written; name uploads without a row."""
    instance = Path(current_app.config["INSTANCE"])
    before = (clock.now() - UNDER_WAY).timestamp()
    gone = sweeping.sweep(instance, before=before)
    for path in gone:
        click.echo(f"已清除：{path}")
    lost = store.ownerless(before=before)
    for path in lost:
        click.echo(f"没有记录：{path}（{path.stat().st_size} 字节）")
    click.echo(f"清除半截文件 {len(gone)} 个；没有记录的上传文件 {len(lost)} 个。")
