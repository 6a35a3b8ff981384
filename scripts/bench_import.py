"""Import many rows into a fresh instance and print seconds and peak memory of each step.

Usage: bench_import.py [ROWS]  (20,000 unless told; DATABASE_URL for PostgreSQL)
"""

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from xlsxwriter import Workbook

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import func, select  # noqa: E402

from config import Testing  # noqa: E402
from matchmaker import clock, create_app, jobs, web  # noqa: E402
from matchmaker.accounts.models import RoleGrant, User  # noqa: E402
from matchmaker.extensions import db  # noqa: E402
from matchmaker.imports import operations  # noqa: E402
from matchmaker.imports.models import Batch  # noqa: E402
from matchmaker.lifecycles import Role, UserState  # noqa: E402
from matchmaker.needs.models import Need  # noqa: E402

THINGS = (
    "阀体铸件",
    "轮胎胎面胶",
    "菌菇料棒",
    "激光终端",
    "蒸发结晶",
    "轴承钢",
    "无人艇",
    "海参苗种",
)
DEEDS = ("打磨", "分散", "灭菌", "标校", "除盐", "热处理", "避障", "分级", "在线检测", "余热回收")
WAYS = ("自适应控制", "工艺优化", "装备国产化", "视觉识别", "数字孪生", "节能改造", "寿命预测")


def write_rows(path: Path, rows: int) -> None:
    """Write a workbook of needs of 400 enterprises, no two titles the same."""
    with Workbook(path, {"constant_memory": True}) as book:
        page = book.add_worksheet("需求")
        headings = (
            "企业名称",
            "需求名称",
            "技术需求",
            "背景",
            "关键词",
            "预算（万元）",
            "期限（月）",
        )
        page.write_row(0, 0, headings)
        for n in range(rows):
            thing, deed, way = THINGS[n % 8], DEEDS[n // 8 % 10], WAYS[n // 80 % 7]
            title = f"{thing}{deed}{way}第{n}号课题"
            problem = f"{thing}在{deed}环节波动大，现有办法做不到稳定，需要{way}。编号{n}。" * 4
            words = f"{thing}、{deed}、{way}"
            owner = f"海澜第{n % 400}制造有限公司"
            page.write_row(
                n + 1, 0, (owner, title, problem, problem, words, n % 300 + 1, n % 36 + 1)
            )


def peak() -> float:
    """Return this process's peak memory in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def step(label: str, started: float) -> float:
    """Print what a step took; return the time now."""
    now = time.perf_counter()
    print(f"{label:<12}{now - started:8.1f} s   peak {peak():7.0f} MiB")
    return now


def officer() -> int:
    """Add an officer; return the id."""
    now = clock.now()
    grant = RoleGrant(role=Role.OFFICER, requested_at=now, approved_at=now)
    user = User(login="o", name="周敏", state=UserState.ACTIVE, created_at=now, grants=[grant])
    db.session.add(user)
    db.session.flush()
    return user.id


def main(rows: int) -> None:
    """Upload, check, confirm, check again, undo."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Testing(Path(folder))
        settings.SQLALCHEMY_DATABASE_URI = settings.database_url()
        app = create_app(settings)
        path = Path(folder) / "needs.xlsx"
        write_rows(path, rows)
        print(f"{rows} rows, {path.stat().st_size / 1024 / 1024:.1f} MiB, "
              f"{os.cpu_count()} processors")  # fmt: skip
        with app.app_context():
            with web.transaction():
                db.create_all()
                user_id = officer()
            run(path, user_id)


def run(path: Path, user_id: int) -> None:
    """Walk one file through the import."""
    at = time.perf_counter()
    batch_id = upload(path, user_id)
    at = step("upload", at)
    jobs.drain()
    at = step("dry run", at)
    confirm(batch_id, user_id)
    at = step("import", at)
    again = upload(path, user_id)
    jobs.drain()
    at = step("again", at)
    print("again:", db.session.scalar(select(Batch.counts).where(Batch.id == again)))
    with web.transaction():
        batch, by = db.session.get_one(Batch, batch_id), db.session.get_one(User, user_id)
        operations.undo(batch, by=by, now=clock.now())
    step("undo", at)
    print("left:", db.session.scalar(select(func.count()).select_from(Need)))


def upload(path: Path, user_id: int) -> int:
    """Store the file and ask for its dry run."""
    by = db.session.get_one(User, user_id)
    with path.open("rb") as stream:
        stored = operations.receive(stream, path.name)
    found = operations.look(stored[0], "need", viewer=by)
    with web.transaction():
        by = db.session.get_one(User, user_id)
        now = clock.now()
        batch = operations.start("need", path.name, stored, found, by=by, now=now)
        operations.map_columns(batch, batch.mapping, by=by, now=now)
        return batch.id


def confirm(batch_id: int, user_id: int) -> None:
    """Decide what is open and import."""
    with web.transaction():
        batch, by = db.session.get_one(Batch, batch_id), db.session.get_one(User, user_id)
        print("checked:", batch.counts)
        operations.decide_all(batch, "import")
        names = operations.open_names(batch)
        operations.decide(batch, dict.fromkeys(names, "create"), {}, by=by, now=clock.now())
        operations.confirm(batch, submits=False, by=by, now=clock.now())
    jobs.drain()
    imported = db.session.scalar(select(Batch.counts).where(Batch.id == batch_id))
    print("imported:", imported)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
