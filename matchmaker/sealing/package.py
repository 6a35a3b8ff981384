"""The bidder's own package: his files, what he entered, and the list the commitment is over.

A zip of `manifest.txt` (one line a file: SHA-256, bytes, name), `nonce.hex`, `content.json` and
`files/…`. The commitment is SHA-256(nonce ‖ manifest); the nonce keeps it from being guessed.
"""

import hashlib
import io
import json
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from matchmaker.sealing.faults import Broken

CONTENT, MANIFEST, NONCE, FOLDER = "content.json", "manifest.txt", "nonce.hex", "files/"
NONCE_BYTES = 32
MOST_FILES, MOST_BYTES = 60, 120 * 1024 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same package has the same bytes


@dataclass(frozen=True)
class Package:
    """What one bid consists of: the entered content (JSON values) and files by name."""

    content: dict[str, Any]
    files: dict[str, bytes]
    nonce: bytes

    def parts(self) -> dict[str, bytes]:
        """Return every listed part by its name in the zip."""
        text = json.dumps(self.content, ensure_ascii=False, sort_keys=True, indent=1)
        return {
            CONTENT: text.encode(),
            **{FOLDER + name: body for name, body in sorted(self.files.items())},
        }

    def manifest(self) -> bytes:
        """Return the list of parts the commitment is over, in the order of their names."""
        return manifest(self.parts())

    def commitment(self) -> str:
        """Return SHA-256(nonce ‖ manifest) as hex."""
        return commitment(self.nonce, self.manifest())

    def pack(self) -> bytes:
        """Return the zip, the same bytes for the same package."""
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            parts = {
                MANIFEST: self.manifest(),
                NONCE: self.nonce.hex().encode(),
                **self.parts(),
            }
            for name, body in parts.items():
                archive.writestr(zipfile.ZipInfo(name, _EPOCH), body, zipfile.ZIP_DEFLATED)
        return held.getvalue()


def manifest(parts: dict[str, bytes]) -> bytes:
    """Return one line a part: SHA-256, bytes, name."""
    lines = [
        f"{hashlib.sha256(body).hexdigest()} {len(body)} {name}\n"
        for name, body in sorted(parts.items())
    ]
    return "".join(lines).encode()


def commitment(nonce: bytes, listed: bytes) -> str:
    """Return SHA-256(nonce ‖ manifest) as hex."""
    return hashlib.sha256(nonce + listed).hexdigest()


def unpack(packed: bytes) -> Package:
    """Read a package back; raise `Broken` where anything in it is not as its manifest says."""
    try:
        parts = _parts(packed)
        listed, nonce = parts.pop(MANIFEST), bytes.fromhex(parts.pop(NONCE).decode())
        content = json.loads(parts[CONTENT])
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,  # a method of compression nobody asked for
        RuntimeError,  # encrypted
        KeyError,
        ValueError,
        EOFError,
        OSError,
    ) as error:
        raise Broken("材料包无法读取：不是本平台生成的材料包，或者已损坏。") from error
    if len(nonce) != NONCE_BYTES or not isinstance(content, dict) or manifest(parts) != listed:
        raise Broken("材料包内的文件与清单不符，可能被改动。")
    names = [name for name in parts if name.startswith(FOLDER)]
    if len(names) != len(parts) - 1:
        raise Broken("材料包内有清单之外的文件。")
    return Package(content, {name.removeprefix(FOLDER): parts[name] for name in names}, nonce)


def _parts(packed: bytes) -> dict[str, bytes]:
    """Return the zip's files within limits counted while reading, not as its header says."""
    found: dict[str, bytes] = {}
    left = MOST_BYTES
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        infos = archive.infolist()
        if len(infos) > MOST_FILES:
            raise Broken("材料包内文件过多。")
        for info in infos:
            with archive.open(info) as file:
                body = file.read(left + 1)
            left -= len(body)
            if left < 0 or info.filename in found:
                raise Broken("材料包过大或有重名文件。")
            found[info.filename] = body
    return found
