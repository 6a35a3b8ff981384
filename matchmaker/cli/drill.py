"""`flask ops drill`: prove that a backup gives everything back, and keep the record."""

from dataclasses import asdict
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from config import from_environment
from matchmaker import clock, web
from matchmaker.audit import trail
from matchmaker.cli.failing import Failure
from matchmaker.cli.ops import FILE, FOLDER, KEY, make_backup, ops
from matchmaker.guard import drilling


@ops.command(
    "drill", help="恢复演练：把备份恢复到别处，核对行数、文件、审计日志、登录，并留下记录。"
)
@click.option("--from", "source", type=FILE, help="用哪个备份；不给时现做一个。")
@click.option("--to", "folder", type=FOLDER, help="记录存放目录，默认为实例目录下的 drills。")
@KEY
@with_appcontext
def drill(source: Path | None, folder: Path | None, key: Path | None) -> None:
    """Restore beside the running site, print what was checked; fail where anything was amiss."""
    from matchmaker import create_app

    now = clock.now()
    instance = Path(current_app.config["INSTANCE"])
    source = source or make_backup(None)
    settings = current_app.extensions.get("settings") or from_environment()
    record = drilling.drill(source, settings.again(), create_app, key=key, now=now)
    kept = drilling.keep(record, folder or instance / "drills", now=now)
    with web.transaction():
        told = {name: value for name, value in asdict(record).items() if name != "done"}
        trail.record("drill", "system", by=trail.SYSTEM, now=now, **told)
    for line in record.done:
        click.echo(f"通过：{line}")
    click.echo(f"备份 {record.backup}，{record.bytes / 1e6:.1f} MB，{record.rows} 行，")
    click.echo(
        f"距今 {record.age_hours} 小时（RPO），恢复到可登录用时 {record.seconds} 秒（RTO）。"
    )
    click.echo(f"演练记录：{kept}")
    if record.problem:
        raise Failure(f"演练没有通过：{record.problem}")
