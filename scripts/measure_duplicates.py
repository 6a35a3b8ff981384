"""Measure the detector of near duplicates on corpora that are given, with planted duplicates.

Usage: measure_duplicates.py FOLDER... [--planted N] [--seed N] [--show N] [--texts N]
Each FOLDER holds corpus.jsonl with lines {"id", "title", "text"}. Nothing of it is kept. Exits
with 1 where texts of 40 characters and more miss the targets: recall 0.95 at every rate, false
alarms 0.02 of the documents, 20,000 texts in 60 s of one core. Sets of titles are told, not judged.
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from rapidfuzz import fuzz  # noqa: E402
from vary_duplicates import RATES, Alteration  # noqa: E402

from matchmaker.matching import near  # noqa: E402

RECALL, FALSE, SECONDS, SIZE = 0.95, 0.02, 60.0, 20_000
LEARNT_FROM = 3000  # texts the alterations take their words from
TITLES = 40  # characters; a set whose median is below holds titles


def read(folder: Path) -> list[near.Text]:
    """Return the documents of a set."""
    with (folder / "corpus.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [near.Text(row["title"], row["text"]) for row in rows]


def alarms(texts: list[near.Text], show: int) -> float:
    """Print and return the share of unplanted documents that are flagged."""
    found = [one for one in near.find(texts) if one.kind is not near.Kind.TITLE]
    flagged = {place for one in found for place in (one.a, one.b)}
    kinds = {kind.label: sum(one.kind is kind for one in found) for kind in near.Kind}
    share = len(flagged) / len(texts)
    print(f"  unplanted: {len(flagged)} of {len(texts)} documents flagged ({share:.4f}), {kinds}")
    for one in found[:show]:
        print(f"    {one.score:.2f} {one.kind.label}")
        for place in (one.a, one.b):
            print(f"      {texts[place].whole.strip()[:120]}")
    return share


def recalls(texts: list[near.Text], count: int, seed: int) -> dict[float, float]:
    """Print recall by way and rate; return rate → recall over all ways."""
    drawn = random.Random(seed)  # noqa: S311 - repeatable, no secret
    originals = drawn.sample(range(len(texts)), min(count, len(texts)))
    wholes = [text.whole.strip() for text in drawn.sample(texts, min(LEARNT_FROM, len(texts)))]
    ways = Alteration(wholes, seed)
    found: dict[float, list[float]] = {rate: [] for rate in RATES}
    for name, way in ways.kinds.items():
        for rate in RATES:
            copies = [near.Text("", way(texts[at].whole.strip(), rate)) for at in originals]
            found[rate].append(_recall(texts, originals, copies))
        print(f"  {name:<28}", *(f"{int(r * 100)} %: {found[r][-1]:.3f} " for r in RATES))
    return {rate: statistics.mean(values) for rate, values in found.items()}


def _recall(texts: list[near.Text], originals: Sequence[int], copies: Sequence[near.Text]) -> float:
    """Plant the copies one to an original; return the share of pairs that are found."""
    asked = range(len(texts), len(texts) + len(copies))
    found = {(one.a, one.b) for one in near.find([*texts, *copies], asked=asked)}
    return statistics.mean(pair in found for pair in zip(originals, asked, strict=True))


def speed(texts: list[near.Text], size: int, seed: int) -> float:
    """Print and return the seconds for `size` texts all against all, with a naive way beside."""
    drawn = random.Random(seed)  # noqa: S311 - repeatable, no secret
    ways = Alteration([text.whole for text in texts[:LEARNT_FROM]], seed)
    many = [*texts[:size]]
    while len(many) < size:  # filled up with new mixtures of the sets' own clauses
        clauses = [drawn.choice(ways.clauses) for _ in range(drawn.randint(6, 18))]
        many.append(near.Text("", "".join(clauses)))
    drawn.shuffle(many)
    length = statistics.mean(len(text.whole) for text in many)
    wall, started = time.perf_counter(), time.process_time()
    found = near.find(many)
    taken, wall = time.process_time() - started, time.perf_counter() - wall
    print(f"{size} texts of {length:.0f} characters all against all: {taken:.1f} s of one core "
          f"({wall:.1f} s by the clock), {len(found)} pairs")  # fmt: skip
    few = [near.folded(text.whole) for text in many[:300]]
    started = time.process_time()
    for at, one in enumerate(few):
        for other in few[at + 1 :]:
            fuzz.ratio(one, other)
    naive = time.process_time() - started
    pairs = len(few) * (len(few) - 1) / 2
    whole = naive / pairs * size * (size - 1) / 2
    print(f"naive, rapidfuzz on every pair of {len(few)}: {naive:.2f} s, "
          f"for {size} texts {whole:.0f} s ({whole / taken:.0f} times as long)")  # fmt: skip
    return taken


def main() -> int:
    """Measure and print; tell by the exit code whether the targets hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--planted", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--texts", type=int, default=SIZE, help="0: leave the timing out")
    chosen = parser.parse_args()
    held: list[bool] = []
    bodies: dict[near.Text, None] = {}
    for folder in chosen.folders:
        texts = read(folder)
        median = statistics.median(len(text.whole.strip()) for text in texts)
        judged = median >= TITLES
        kind = "texts" if judged else "titles, not judged"
        print(f"{folder.name}: {len(texts)} {kind}, median {median:.0f} characters")
        share = alarms(texts, chosen.show)
        recall = recalls(texts, chosen.planted, chosen.seed)
        print("  recall", *(f"{int(rate * 100)} %: {recall[rate]:.3f} " for rate in RATES))
        if judged:
            held.append(share <= FALSE and min(recall.values()) >= RECALL)
            bodies |= dict.fromkeys(texts)
    if bodies and chosen.texts:
        held.append(speed(list(bodies), chosen.texts, chosen.seed) <= SECONDS)
    return int(not all(held))


if __name__ == "__main__":
    sys.exit(main())
