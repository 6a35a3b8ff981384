"""The real site under gunicorn, killed and started again, and clients that insist on an answer.

Each client hands in objections by real name with a piece of evidence: a row, a file, entries of the
trail and an event in one act, acknowledged by a redirect. It keeps the key it sent and asks again
with the same key until it is answered.
"""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from types import SimpleNamespace

from flask_migrate import upgrade

import config
from matchmaker import clock, create_app, sessions, web
from matchmaker.audit import verifying
from matchmaker.audit.models import Entry
from matchmaker.extensions import db
from matchmaker.guard import plumbing
from matchmaker.lifecycles import Role
from matchmaker.notices.objection_models import Objection
from matchmaker.outbox.models import Event
from tests.conftest import dispose
from tests.factories import Make
from tests.integration.notices import conftest as notices

ROOT = Path(__file__).resolve().parents[2]
SERVED = "matchmaker:served()"
ANSWER_SECONDS = 20
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
BODY = "拟揭榜单位在指标响应表中填写的接触力波动与其公开论文所载数据不符，请予核实。受理编号 "


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """One instance: its folder, its database, its processes."""

    def __init__(
        self, folder: Path, url: str = "", *, factory: str = "matchmaker:served()"
    ) -> None:
        self.folder, self.factory, self.port = folder, factory, free_port()
        self.settings = config.Development(folder)
        self.settings.MAIL_BACKEND = "none"
        if url:
            self.settings.SQLALCHEMY_DATABASE_URI = url
        self.app = create_app(self.settings)
        self.process: subprocess.Popen | None = None
        self.before: tuple[str, ...] = ()  # a program the site is started under
        self.people: list[tuple[int, str]] = []
        with self.app.app_context():
            upgrade()
            self._fill()
            dispose()

    def _fill(self, clients: int = 8) -> None:
        make = Make(self.app)
        people = SimpleNamespace(officer=make.user(Role.OFFICER), leader=make.user(Role.LEADER),
                                 chief=make.user(Role.SECTION_CHIEF))  # fmt: skip
        with web.transaction():
            notice = notices.published(people, now=clock.now(), workdays=10)
            self.notice = notice.public_id
        for _ in range(clients):
            user = make.user(Role.RESEARCHER, phone="13900001111")
            with self.app.test_request_context():
                opened = sessions.ServerSession(None, None)
                opened["_user_id"], opened["_fresh"] = str(user.id), True
                response = self.app.response_class()
                self.app.session_interface.save_session(self.app, opened, response)
            self.people.append((user.id, response.headers["Set-Cookie"].split(";")[0]))

    def start(self, *, workers: int = 1, threads: int = 4) -> None:
        environment = {
            **{name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"},
            "MATCHMAKER_ENV": "development", "INSTANCE_PATH": str(self.folder),
            "DATABASE_URL": self.settings.SQLALCHEMY_DATABASE_URI, "MAIL_BACKEND": "none",
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        command = [
            *self.before, sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}",
            "--workers", str(workers), "--threads", str(threads), "--worker-class", "gthread",
            "--preload", "--graceful-timeout", "30", "--log-level", "error", self.factory,
        ]  # fmt: skip
        with (self.folder / "site.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, start_new_session=True, stdout=log, stderr=log
            )
        self.wait()

    def wait(self, seconds: float = 60) -> float:
        """Wait until the site answers; return after how many seconds."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            try:
                status, _ = self.ask("GET", "/healthz")
            except OSError:
                time.sleep(0.05)
            else:
                assert status == 200
                return time.monotonic() - began
        raise AssertionError((self.folder / "site.log").read_text()[-2000:])

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, {"text": answer.read().decode(), **dict(answer.getheaders())}
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    def kill(self) -> None:
        """Kill every process of the site at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def children(self) -> list[int]:
        """Return the processes that the started one has started."""
        process = self.process.pid
        return [int(one) for one in
                Path(f"/proc/{process}/task/{process}/children").read_text().split()]  # fmt: skip

    def stop_inner(self) -> None:
        """End a site started under another program, which then ends by itself."""
        for child in self.children():
            os.kill(child, signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill_workers(self) -> None:
        """Kill the processes that answer; the one that started them starts new ones."""
        for child in self.children():
            os.kill(child, signal.SIGKILL)

    def stop(self, seconds: float = 60) -> int:
        """Ask the site to end; return its exit status."""
        self.process.terminate()
        return self.process.wait(seconds)


class Client(threading.Thread):
    """Hands in one objection after the other until told to stop."""

    def __init__(self, site: Site, cookie: str) -> None:
        super().__init__(daemon=True)
        self.site, self.cookie, self.ended = site, cookie, threading.Event()
        self.sent: list[str] = []
        self.acknowledged: list[str] = []
        self.token = ""
        self.strange: list[str] = []

    def run(self) -> None:
        while not self.ended.is_set():
            key = uuid.uuid4().hex
            self.sent.append(key)
            while not self.ended.is_set():
                try:
                    if self.hand_in(key):
                        self.acknowledged.append(key)
                        break
                except OSError:
                    time.sleep(0.02)

    def hand_in(self, key: str) -> bool:
        """Send one objection; return whether it was acknowledged."""
        path = f"/objections/new/{self.site.notice}"
        if not self.token:
            status, page = self.site.ask("GET", path, headers={"Cookie": self.cookie})
            if status != 200:
                self.strange.append(f"page {status}")
                return False
            self.token = (
                page["text"].split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
            )
        fields = {"csrf_token": self.token, "submission_key": key, "phone": "13900001111",
                  "unit": "北方机械研究所", "body": f"{BODY}{key}"}  # fmt: skip
        body, kind = multipart(fields, f"%PDF-1.7\n{key}\n".encode() * 40 + b"%%EOF")
        headers = {"Cookie": self.cookie, "Content-Type": kind,
                   "Origin": f"http://127.0.0.1:{self.site.port}"}  # fmt: skip
        status, answer = self.site.ask("POST", path, body, headers)
        if status == 302 and "/sign-in" not in answer.get("Location", ""):
            return True
        self.strange.append(f"{status} {answer.get('Location', '')}")
        return False


def multipart(fields: dict[str, str], file: bytes) -> tuple[bytes, str]:
    edge = uuid.uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = 'Content-Disposition: form-data; name="files"; filename="a.pdf"'
    parts.append(f"--{edge}\r\n{head}\r\nContent-Type: application/pdf\r\n\r\n".encode() + file)
    parts.append(f"\r\n--{edge}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={edge}"


def check(site: Site, clients: list[Client]) -> dict[str, list[str]]:
    """Return what is wrong after everything ended: lost, doubled, without file, entry or event."""
    acknowledged = {key for client in clients for key in client.acknowledged}
    wrong: dict[str, list[str]] = {}
    with site.app.app_context():
        rows: dict[str, list[Objection]] = {}
        for row in db.session.query(Objection):
            rows.setdefault(row.body.rsplit(" ", 1)[1], []).append(row)
        wrong["lost"] = sorted(acknowledged - rows.keys())
        wrong["doubled"] = sorted(key for key, found in rows.items() if len(found) > 1)
        entered = [one for (one,) in db.session.query(Entry.object_id).filter_by(
            noun="objection", action="submit")]  # fmt: skip
        told = [event.payload["id"] for event in db.session.query(Event).filter_by(
            kind="objection.moved")]  # fmt: skip
        every = [row for found in rows.values() for row in found]
        wrong["no file row"] = [row.objection_no for row in every if len(row.files) != 1]
        wrong["no entry"] = [r.objection_no for r in every if entered.count(r.public_id) != 1]
        wrong["no event"] = [row.objection_no for row in every if told.count(row.id) != 1]
        names = {file.stored_as for row in every for file in row.files}
        folder = site.folder / "uploads"
        wrong["no bytes"] = [name for name, _ in plumbing.broken_files(names, folder)]
        _, fault = verifying.whole()
        wrong["trail"] = [fault] if fault else []
        if db.engines[None].dialect.name == "sqlite":
            with db.engines[None].connect() as connection:
                told_by = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            wrong["database"] = [] if told_by == "ok" else [str(told_by)]
        db.session.remove()
        dispose()
    return {name: found for name, found in wrong.items() if found}
