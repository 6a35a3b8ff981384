"""Write every template of the platform, or those named behind --only, into a folder."""

import argparse
from pathlib import Path

from matchmaker.documents.rendering import TEMPLATES, repacked
from scripts.document_templates import (
    bidding,
    contracting,
    finishing,
    noticing,
    publishing,
    reviewing,
)

MODULES = (publishing, bidding, reviewing, noticing, contracting, finishing)
WRITERS = {name: writer for module in MODULES for name, writer in module.WRITERS.items()}


def main() -> None:
    """Write them; the same source writes the same bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=TEMPLATES)
    parser.add_argument("--only", nargs="+", choices=sorted(WRITERS), default=list(WRITERS))
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    for name in asked.only:
        path = asked.folder / f"{name}.docx"
        WRITERS[name]().save(str(path))
        path.write_bytes(repacked(path.read_bytes()))
        print(path)


if __name__ == "__main__":
    main()
