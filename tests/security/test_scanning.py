"""T21. What a virus scanner says of a file: clean only where it was scanned, infected kept out."""

import json
import os
import socket
import struct
import threading
from pathlib import Path

import pytest

from matchmaker.errors import Invalid, WrongState
from matchmaker.files import documents, scanning, serving, store
from matchmaker.files.scanning import State
from tests.security import hostile

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
BAD = hostile.PDF.replace(b"/Catalog", b"/Catalog/" + EICAR)


class Clamd(threading.Thread):
    """A scanner that speaks clamd's protocol on a socket and knows one signature.

    answer : says something else than its find, as a broken scanner would.
    """

    def __init__(self, place, *, answer=None):
        super().__init__(daemon=True)
        self.answer, self.scanned = answer, []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(place)
        self.socket.listen()
        self.socket.settimeout(20)

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                self.serve(stream)

    def serve(self, stream):
        command = b""
        while not command.endswith(b"\0"):
            command += stream.read(1)
        if command == b"zVERSION\0":
            stream.write(b"ClamAV 1.4.3/27800/Sun Nov 15 09:00:00 2026\0")
            return
        assert command == b"zINSTREAM\0"
        body = b""
        while size := struct.unpack(">I", stream.read(4))[0]:
            body += stream.read(size)
        self.scanned.append(body)
        found = b"stream: Eicar-Test-Signature FOUND" if EICAR in body else b"stream: OK"
        stream.write((self.answer if self.answer is not None else found) + b"\0")


@pytest.fixture
def clamd(app, monkeypatch, tmp_path):
    """Return a function that puts a scanner in place."""
    started = []

    def start(**how):
        place = os.fspath(tmp_path / f"clamd{len(started)}")
        started.append(Clamd(place, **how))
        started[-1].start()
        monkeypatch.setitem(app.config, "SCANNER", place)
        return started[-1]

    yield start
    for one in started:
        one.socket.close()


def send(content=hostile.PDF, name="证据.pdf"):
    return documents.receive(hostile.upload(name, content), field="f")


def verdicts():
    return list((store.folder() / scanning.FOLDER).glob("*"))


def test_without_a_scanner_nothing_is_called_clean(writing, shows):
    found = send()
    assert scanning.state_of(found.stored_as) is State.UNSCANNED
    assert verdicts() == []
    assert "未查毒" in scanning.label(found.stored_as)
    assert serving.attachment(found.stored_as, "a.pdf").headers[serving.SCAN] == "unscanned"
    shows("T21", "没有查毒的文件标为“未查毒”，下载处提示")


def test_a_scanned_file_is_clean_and_says_by_what(writing, clamd):
    scanner = clamd()
    found = send()
    assert scanner.scanned == [hostile.PDF]
    assert scanning.state_of(found.stored_as) is State.CLEAN
    note = json.loads(verdicts()[0].read_bytes())
    assert (note["state"], "27800" in note["engine"]) == ("clean", True)
    answer = serving.attachment(found.stored_as, "证据.pdf")
    assert answer.headers[serving.SCAN] == "clean"
    assert answer.headers["Content-Disposition"].startswith("attachment;")


def test_an_infected_file_is_refused_and_not_kept(writing, clamd, shows):
    clamd()
    with pytest.raises(Invalid, match="检出病毒（Eicar-Test-Signature）"):
        send(BAD)
    assert [path for path in store.folder().rglob("*") if path.is_file()] == []
    shows("T21", "查出病毒的上传不保存")


@pytest.mark.parametrize(
    "answer",
    [b"", b"OK", b"stream: OK FOUND?", b"INSTREAM size limit exceeded. ERROR", b"\xff\xfe",
     b"stream: Can't allocate memory ERROR", b"stream: ok", b"x" * 5000],
)  # fmt: skip
def test_an_answer_nobody_knows_is_not_clean(writing, clamd, answer):
    clamd(answer=answer)
    assert scanning.state_of(send().stored_as) is State.UNSCANNED


@pytest.mark.parametrize("address", ["/nowhere/clamd.ctl", "127.0.0.1:1", "nonsense"])
def test_a_scanner_that_is_away_leaves_files_unscanned(writing, app, monkeypatch, address):
    monkeypatch.setitem(app.config, "SCANNER", address)
    assert scanning.state_of(send().stored_as) is State.UNSCANNED


def test_what_is_found_later_is_quarantined(app, writing, clamd, shows):
    good, bad = send(), send(BAD, "b.pdf")
    clamd()
    found = scanning.scan_stored(again=False)
    assert (found[State.CLEAN], found[State.INFECTED]) == ([good.stored_as], [bad.stored_as])
    with pytest.raises(WrongState, match="已隔离"):
        serving.attachment(bad.stored_as, "b.pdf")
    assert store.path_of(bad.stored_as).is_file()
    shows("T21", "事后查出病毒的文件隔离，不能下载")


def test_a_quarantined_file_stays_so_while_the_scanner_is_away(app, writing, clamd, monkeypatch):
    bad = send(BAD)
    clamd()
    scanning.scan_stored(again=False)
    monkeypatch.setitem(app.config, "SCANNER", "/nowhere/clamd.ctl")
    assert scanning.scan_stored(again=True)[State.INFECTED] == [bad.stored_as]


@pytest.mark.parametrize("kept", [b"", b"{", b"[]", b'{"state": "fine"}', b"\xff"])
def test_a_damaged_note_is_no_verdict(writing, kept):
    found = send()
    store.put(store.folder() / scanning.FOLDER / f"{found.digest}.json", kept)
    assert scanning.state_of(found.stored_as) is State.UNSCANNED


def test_a_pipeline_that_calls_the_unscanned_clean_is_noticed(writing, monkeypatch, shows):
    """Teeth: the same look at a file without a scanner, over a default that reassures."""
    monkeypatch.setattr(scanning, "UNSCANNED", scanning.Verdict(State.CLEAN))
    assert scanning.state_of(send().stored_as) is not State.UNSCANNED
    shows("T21", planted="没有查毒也标为“已查毒”")


def test_the_command_scans_what_is_stored(app, writing, clamd):
    run = app.test_cli_runner().invoke
    refused = run(args=["ops", "scan"])
    assert (refused.exit_code, "没有设置 SCANNER" in refused.output) == (1, True)
    send()
    clamd()
    done = run(args=["ops", "scan"])
    assert (done.exit_code, "未见异常 1 个" in done.output) == (0, True), done.output
    store.keep(hostile.upload("b", BAD).stream, suffix=".pdf", most=9999)
    done = run(args=["ops", "scan"])
    assert (done.exit_code, "检出病毒，已隔离：" in done.output) == (1, True), done.output


def test_the_name_is_there_only_when_the_bytes_are(writing, monkeypatch, shows):
    """Design rule 8: written, synced, renamed, the folder synced."""
    order = []
    real_sync, real_replace = os.fsync, type(store.folder()).replace

    def synced(number):
        order.append("folder" if Path(f"/proc/self/fd/{number}").is_dir() else "file")
        real_sync(number)

    def renamed(path, target):
        order.append("rename")
        return real_replace(path, target)

    monkeypatch.setattr(store.os, "fsync", synced)
    monkeypatch.setattr(type(store.folder()), "replace", renamed)
    send()
    assert order == ["file", "rename", "folder"]
    shows("T13", "上传文件：先落盘再改名，再落盘目录")
