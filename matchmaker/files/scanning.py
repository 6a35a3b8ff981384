"""Virus scanning: a file is clean only where a scanner has said so of these very bytes.

A verdict is about content, so it lies beside the store under the content's digest. Bytes without
one are unscanned: no scanner is set up, it was away, or it gave no answer we know.
"""

import json
import logging
import socket
import struct
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from flask import current_app

from matchmaker.files import store

SECONDS = 20  # a scanner that takes longer has not scanned
FOLDER = "verdicts"
_CHUNK = 256 * 1024
_LONGEST_ANSWER = 4096
_log = logging.getLogger(__name__)


class State(StrEnum):
    """What is known of a file; the value is stable and stored."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNSCANNED = "unscanned"

    @property
    def label(self) -> str:
        """How a page says it."""
        return _LABELS[self]


_LABELS = {
    State.CLEAN: "已查毒，未见异常",
    State.INFECTED: "检出病毒，已隔离",
    State.UNSCANNED: "未查毒，打开前请先查毒",
}


@dataclass(frozen=True)
class Verdict:
    """A state, what the scanner called its find, and which scanner with which signatures."""

    state: State
    said: str = ""
    engine: str = ""


UNSCANNED = Verdict(State.UNSCANNED)


def scan(body: bytes) -> Verdict:
    """Ask the scanner of `SCANNER` (a socket's path, or host:port of clamd) about these bytes."""
    address = current_app.config["SCANNER"]
    if not address:
        return UNSCANNED
    try:
        answer = _ask(address, b"zINSTREAM\0", body)
        engine = _ask(address, b"zVERSION\0").strip()
    except (OSError, ValueError) as error:
        _log.warning("the virus scanner gave no answer: %s", error)
        return UNSCANNED
    if answer == "stream: OK":
        return Verdict(State.CLEAN, engine=engine)
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        found = answer.removeprefix("stream: ").removesuffix(" FOUND")
        _log.warning("the virus scanner found %s", found)
        return Verdict(State.INFECTED, found, engine)
    _log.warning("the virus scanner answered %r", answer)
    return UNSCANNED


def _ask(address: str, command: bytes, body: bytes | None = None) -> str:
    with _connected(address) as connection:
        connection.sendall(command)
        if body is not None:
            for at in range(0, len(body), _CHUNK):
                chunk = body[at : at + _CHUNK]
                connection.sendall(struct.pack(">I", len(chunk)) + chunk)
            connection.sendall(struct.pack(">I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
            piece = connection.recv(_LONGEST_ANSWER)
            if not piece:
                break
            answer += piece
    return answer.rstrip(b"\0").decode()


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(SECONDS)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=SECONDS)


def _place(stored_as: str) -> Path:
    return store.folder() / FOLDER / f"{Path(stored_as).stem}.json"


def note(stored_as: str, verdict: Verdict) -> None:
    """Keep what a scanner has said of a stored file; what is unscanned leaves no note."""
    if verdict.state is not State.UNSCANNED:
        store.put(_place(stored_as), json.dumps(asdict(verdict), ensure_ascii=False).encode())


def state_of(stored_as: str) -> State:
    """Return what is known of a stored file; without a readable note it is unscanned."""
    try:
        kept: dict[str, Any] = json.loads(_place(stored_as).read_bytes())
        return State(kept["state"])
    except (OSError, ValueError, KeyError, TypeError):
        return State.UNSCANNED


def label(stored_as: str) -> str:
    """Return what a page says of a stored file beside its link."""
    return state_of(stored_as).label


def scan_stored(*, again: bool) -> dict[State, list[str]]:
    """Scan what is stored and not yet scanned; return the files by the state they are in now.

    again : also what has a verdict, as after new signatures have come. An infected file stays
    infected until a scanner calls it clean.
    """
    found: dict[State, list[str]] = {state: [] for state in State}
    for path in store.complete():
        state = state_of(path.name)
        if again or state is State.UNSCANNED:
            verdict = scan(path.read_bytes())
            note(path.name, verdict)
            state = state_of(path.name)
        found[state].append(path.name)
    return found
