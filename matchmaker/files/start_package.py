"""The child process that looks into a zip document, under limits.

The document's bytes come on standard input and never touch the disk; [kind, fault] is written.
The packages are bare folders here, so the application is not loaded around them.
"""

import json
import os
import resource
import sys
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
MEMORY_BYTES = 300 * 1024 * 1024
CPU_SECONDS = 2
LOWEST_FILES = 16


def confine() -> None:
    """Bound memory, processor time and files of this process; it can no longer write a file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (LOWEST_FILES, LOWEST_FILES))


def main() -> None:
    """Answer one request."""
    for name in ("", ".files", ".spreadsheets"):
        package = ModuleType(f"matchmaker{name}")
        package.__path__ = [str(HERE.parent / name.lstrip("."))]
        sys.modules[f"matchmaker{name}"] = package
    from matchmaker.files import packages

    confine()
    try:
        found = packages.inspect(sys.stdin.buffer.read())
    except Exception:
        found = ("", packages.DAMAGED)
    sys.stdout.write(json.dumps(found))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
    os._exit(0)
