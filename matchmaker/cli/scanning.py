"""`flask ops scan`: ask the virus scanner about every stored file it has not seen."""

import click
from flask import current_app
from flask.cli import with_appcontext

from matchmaker.cli.failing import Failure
from matchmaker.cli.ops import ops
from matchmaker.files import scanning
from matchmaker.files.scanning import State


@ops.command("scan", help="对未查毒的上传文件逐个查毒；查出病毒的隔离并返回非零。")
@click.option("--again", is_flag=True, help="已查过的也重查（病毒库更新之后用）。")
@with_appcontext
def scan(*, again: bool) -> None:
    """Print a line an infected file and the count of each state; fail where one is infected."""
    if not current_app.config["SCANNER"]:
        message = "没有设置 SCANNER（clamd 的套接字路径或 主机:端口），所有文件都是“未查毒”"
        raise Failure(message)
    found = scanning.scan_stored(again=again)
    for name in found[State.INFECTED]:
        click.echo(f"检出病毒，已隔离：{name}")
    click.echo("；".join(f"{state.label} {len(names)} 个" for state, names in found.items()))
    if found[State.INFECTED]:
        message = f"{len(found[State.INFECTED])} 个文件检出病毒"
        raise Failure(message)
