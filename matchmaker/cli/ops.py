"""`flask ops`: back up, check a backup, restore one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from matchmaker import clock, web
from matchmaker.audit import trail
from matchmaker.cli.failing import Failure
from matchmaker.extensions import db
from matchmaker.ops import databases, encryption, operations
from matchmaker.ops.archives import BackupRefused

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
KEY = click.option("--key", type=FILE, help="加密备份的私钥文件。")


@click.group("ops", help="运行维护：备份、校验、恢复。")
def ops() -> None:
    """Group the commands of running the site."""


@contextmanager
def told() -> Iterator[None]:
    """Turn a refusal into a message and a failing exit."""
    try:
        yield
    except BackupRefused as error:
        raise Failure(str(error)) from error


@ops.command("backup", help="备份数据库和上传的文件（不停机），写成一个仅本人可读的文件。")
@click.option("--to", "folder", type=FOLDER, help="存放目录，默认为实例目录下的 backups。")
@with_appcontext
def backup(folder: Path | None) -> None:
    """Put the backup on the trail, then make it, so that it holds its own entry."""
    made = make_backup(folder)
    click.echo(f"已备份并校验：{made}")
    if not current_app.config["BACKUP_PUBLIC_KEY"]:
        click.echo("提示：没有设置 BACKUP_PUBLIC_KEY，备份未加密（见 flask ops backup-key）。")


def make_backup(folder: Path | None) -> Path:
    """Make a backup now; return its path."""
    now = clock.now()
    instance = Path(current_app.config["INSTANCE"])
    with web.transaction():
        trail.record("backup", "system", by=trail.SYSTEM, now=now)
    with told():
        return operations.backup(
            db.engines[None].url, instance, folder or instance / "backups", now=now,
            public_key=current_app.config["BACKUP_PUBLIC_KEY"],
        )  # fmt: skip


@ops.command("backup-key", help="生成备份用的一对密钥：公钥写进环境变量，私钥文件交专人离线保管。")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), help="私钥文件。")
def backup_key(target: Path) -> None:
    """Make a key pair; the private half is never on the site afterwards."""
    with told():
        public = encryption.new_key(target)
    click.echo(f"私钥已写入 {target}，请移到离线介质，由专人保管；丢失后备份无法打开。")
    click.echo(f"请在环境变量文件中加一行：BACKUP_PUBLIC_KEY={public}")


@ops.command("verify-backup", help="校验备份：逐个文件比对，检查数据库和审计日志。")
@click.argument("source", metavar="FILE", type=FILE)
@KEY
def verify_backup(source: Path, key: Path | None) -> None:
    """Say what the backup holds; fail where it is unsound."""
    with told():
        manifest = operations.verify(source, key=key)
    click.echo(
        f"备份完好：{manifest.made_at}，{len(manifest.files)} 个文件，"
        f"审计日志 {manifest.audit_entries} 条"
    )


@ops.command("restore", help="把备份恢复到一个空目录；目录不空或备份有损坏时拒绝。")
@click.argument("source", metavar="FILE", type=FILE)
@click.option("--into", "folder", required=True, type=FOLDER, help="新的空目录。")
@KEY
def restore(source: Path, folder: Path, key: Path | None) -> None:
    """Restore, then say how to start from it."""
    with told():
        manifest = operations.restore(source, folder, key=key)
    click.echo(f"已恢复到 {folder}，审计日志 {manifest.audit_entries} 条")
    if manifest.engine == "sqlite":
        click.echo(f"以 INSTANCE_PATH={folder} 启动即可使用。")
    else:
        dump = folder / databases.SERVER
        click.echo(f"再把数据库载入一个新库：pg_restore --dbname=新库地址 {dump}")
        click.echo("载入后执行 flask audit verify 核对审计日志。")
