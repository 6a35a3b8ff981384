"""An uploaded template is opened by a child process under limits, never by the site itself."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

PROGRAM: Final = Path(__file__).parent / "start_check.py"
WALL_SECONDS: Final = 30
UNREADABLE: Final = "模板无法在时限内读完，请删去多余的图片和格式后再上传"


def check_file(name: str, path: Path) -> list[str]:
    """Return what is wrong with an uploaded template of this document; empty when it may serve."""
    asked = json.dumps({"name": name, "path": str(path)})
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, the path goes by stdin
            [sys.executable, "-I", "-X", "utf8", str(PROGRAM)],
            input=asked.encode(),
            capture_output=True,
            env={"LANG": "C.UTF-8"},
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [UNREADABLE]
    if done.returncode:
        return [UNREADABLE]
    faults: list[str] = json.loads(done.stdout)
    return faults
