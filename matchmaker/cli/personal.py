"""`flask ops erase-person` and `flask ops export-person`: what the law gives a person."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from matchmaker import clock, web
from matchmaker.audit import trail
from matchmaker.cli.failing import Failure
from matchmaker.cli.ops import ops
from matchmaker.errors import Refusal
from matchmaker.privacy import copying, dispositions, duties, erasing, people

REASON = "本人要求删除个人信息"


@ops.command("erase-person", help="注销一个人并删除其个人信息；依法须保留的只存不用。")
@click.argument("login")
@click.option("--dry-run", is_flag=True, help="只列出将删除、替换、保留什么，不改动。")
@click.option("--reason", default=REASON, show_default=True, help="记入审计日志的理由。")
@with_appcontext
def erase_person(login: str, reason: str, *, dry_run: bool) -> None:
    """Say what is done, and do it in one transaction."""
    mail = Path(current_app.config["INSTANCE"]) / "mail"
    try:
        if dry_run:
            person = people.of_login(login)
            _tell(erasing.plan(person, mail))
            for label, count in duties.running(person):
                click.echo(f"须先移交或办结：{label} {count} 项")
            click.echo("以上为试算，没有改动。")
            return
        with web.transaction():
            outcome = erasing.erase(people.of_login(login), mail, now=clock.now(), reason=reason)
    except Refusal as error:
        raise Failure(str(error)) from error
    erasing.afterwards(outcome)
    _tell(outcome)
    click.echo("已注销。此前的备份仍含其个人信息，到保存期满随备份销毁；恢复旧备份后须重新执行。")


def _tell(outcome: erasing.Outcome) -> None:
    for line in outcome.lines:
        label = dispositions.DISPOSITIONS[line.disposition]
        click.echo(f"{label} {line.table} {line.rows} 行：{'、'.join(line.columns)}")
        for basis in line.bases:
            if line.disposition == dispositions.KEEP and basis != "none":
                click.echo(f"  依据：{dispositions.BASES[basis]}")
    click.echo(f"他人记录中的联系方式和本单位资料中的姓名：{outcome.elsewhere} 行")
    click.echo(f"邮件文件：{len(outcome.mails)} 个")


@ops.command("export-person", help="导出平台所存某人的全部个人信息（.json 或 .xlsx）。")
@click.argument("login")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写入的文件。"
)
@with_appcontext
def export_person(login: str, out: Path) -> None:
    """Write the copy for its owner alone to read; the export goes on the trail."""
    writers = {".json": copying.as_json, ".xlsx": copying.as_workbook}
    if out.suffix not in writers:
        raise Failure("文件名须以 .json 或 .xlsx 结尾。")
    if out.exists():
        raise Failure(f"文件已存在：{out}")
    now = clock.now()
    try:
        with web.transaction():
            person = people.of_login(login)
            found = copying.copy(person, now=now)
            public_id = person.user.public_id
            trail.record("export", "user", public_id, by=trail.SYSTEM, now=now, personal=True)
    except Refusal as error:
        raise Failure(str(error)) from error
    out.touch(mode=0o600)
    out.write_bytes(writers[out.suffix](found))
    count = sum(len(table["记录"]) for table in found["类别"])
    click.echo(f"已导出 {count} 条记录：{out}")
