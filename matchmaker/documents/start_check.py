"""The child process that checks an uploaded template, under limits.

Reads {"name", "path"} from standard input, writes the list of faults. The package is loaded
without the web application around it (`matchmaker`'s own `__init__`).
"""

import json
import os
import resource
import sys
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
MEMORY_BYTES = 640 * 1024 * 1024
CPU_SECONDS = 6


def confine() -> None:
    """Bound memory and processor time of this process; it can no longer write a file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> None:
    """Answer one request."""
    package = ModuleType("matchmaker")
    package.__path__ = [str(HERE.parent)]
    sys.modules["matchmaker"] = package
    from matchmaker.documents import check
    from matchmaker.documents.package import inspect

    asked = json.load(sys.stdin)
    confine()
    path = Path(asked["path"])
    fault = inspect(path)
    faults = [fault] if fault else check(asked["name"], path)
    sys.stdout.write(json.dumps(faults))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
    os._exit(0)
