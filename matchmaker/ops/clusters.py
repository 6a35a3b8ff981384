"""A PostgreSQL cluster of its own, on a socket in a folder: for drills, never the running one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from matchmaker.ops.archives import BackupRefused

OWNER = "postgres"
PORT = 5432  # names the socket only: the cluster listens on no address


def programs() -> Path:
    """Return the folder of initdb and pg_ctl, of the newest PostgreSQL that is installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    places = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(places, key=lambda path: int(path.parts[-3]), default=None)
    if newest is None:
        raise BackupRefused("没有找到 initdb，请先安装 PostgreSQL 服务端程序")
    return newest.parent


def _as_owner() -> dict[str, Any]:
    """Return how a program is started: PostgreSQL refuses root."""
    return {"user": OWNER, "group": OWNER, "extra_groups": []} if os.geteuid() == 0 else {}


def run(*command: str | Path) -> None:
    """Run one of PostgreSQL's programs to its end; raise `BackupRefused` with what it said."""
    done = subprocess.run(  # noqa: S603 - fixed programs, no shell
        [str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False, cwd="/", **_as_owner(),
    )  # fmt: skip
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-500:]
        raise BackupRefused(f"{Path(command[0]).name} 失败：{said}")


def make(folder: Path, *settings: str) -> URL:
    """Make and start a cluster below `folder`; return its address. `stop` ends it."""
    place = programs()
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(folder, OWNER, OWNER)
    data = folder / "data"
    run(place / "initdb", "--auth=trust", "--data-checksums", "--encoding=UTF8", "--locale=C",
        f"--username={OWNER}", "--pgdata", data)  # fmt: skip
    lines = ["listen_addresses=''", f"unix_socket_directories='{folder}'", *settings]
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    start(folder)
    return address(folder)


def start(folder: Path) -> None:
    """Start the cluster and wait until it answers."""
    log = folder / "log"
    run(programs() / "pg_ctl", "start", "-w", "-t", "60", "-D", folder / "data", "-l", log)


def stop(folder: Path) -> None:
    """Stop the cluster at once; of one that does not run nothing is said."""
    command = [programs() / "pg_ctl", "stop", "-m", "immediate", "-D", folder / "data"]
    subprocess.run(  # noqa: S603 - fixed program, no shell
        [str(part) for part in command], capture_output=True, check=False, cwd="/", **_as_owner()
    )


def address(folder: Path, database: str = "postgres") -> URL:
    """Return the address of a database of the cluster."""
    return URL.create("postgresql+psycopg", username=OWNER, database=database,
                      query={"host": str(folder), "port": str(PORT)})  # fmt: skip


def load(dump: Path, folder: Path) -> URL:
    """Load a dump into the cluster's first database and check every page and index of it."""
    target = address(folder)
    plain = target.set(drivername="postgresql").render_as_string()
    reachable = folder / dump.name  # the owner of the cluster may not read the instance
    shutil.copy(dump, reachable)
    reachable.chmod(0o644)
    run(programs() / "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={plain}", reachable)
    if (programs() / "pg_amcheck").exists():
        run(programs() / "pg_amcheck", "--install-missing", f"--host={folder}", f"--port={PORT}",
            f"--username={OWNER}", "postgres")  # fmt: skip
    return target


@contextmanager
def cluster(folder: Path, *settings: str) -> Iterator[Path]:
    """Make a cluster and stop it in the end."""
    try:
        make(folder, *settings)
        yield folder
    finally:
        stop(folder)
