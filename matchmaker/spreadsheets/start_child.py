"""Start the child without loading the application around it.

`python -m matchmaker.spreadsheets.child` would first import the web application (`matchmaker`'s
own `__init__`) for every uploaded file; here the two packages are bare folders instead.
"""

import runpy
import sys
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent


def start() -> None:
    """Run the child as the main program of this process."""
    for name, folder in (("matchmaker", HERE.parent), ("matchmaker.spreadsheets", HERE)):
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    runpy.run_module("matchmaker.spreadsheets.child", run_name="__main__")


if __name__ == "__main__":
    start()
