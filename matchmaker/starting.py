"""What must be true before the site serves: said in Chinese, and refused where it is not."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from matchmaker.extensions import db


def refuse(app: Flask) -> None:
    """Raise RuntimeError with debugging on or a pending migration, naming the cure."""
    wrong = []
    if app.debug and not app.config["DEMONSTRATION"]:
        wrong.append("调试模式已打开，正式环境不能带调试运行")
    with app.app_context():
        pending = pending_migration(app)
        for engine in db.engines.values():
            engine.dispose()  # a server that forks after this starts with connections of its own
    if pending:
        wrong.append(f"数据库表结构不是最新（{pending}），请先备份，再执行 flask db upgrade")
    if wrong:
        message = "拒绝启动：" + "；".join(wrong)
        raise RuntimeError(message)


def pending_migration(app: Flask) -> str:
    """Return "" where the database is at the code's revision, else what it is at."""
    heads = set(ScriptDirectory(app.extensions["migrate"].directory).get_heads())
    try:
        with db.engines["reader"].connect() as connection:
            current = set(MigrationContext.configure(connection).get_current_heads())
    except SQLAlchemyError as error:
        return type(error).__name__
    return "" if current == heads else f"database {sorted(current)}, code {sorted(heads)}"
