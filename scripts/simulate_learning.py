"""The learning simulation: judgements of half a test set's needs, tried on the other half.

Every split draws its judgements uniformly from the judged pairs of one half of the needs, accepts
a grade of 2 or more, learns, validates, and ranks the judged documents of the other half. Gains are
of nDCG@10, judged only. "published" is what the site does: a set that validation does not support
is rejected and gains 0; "unbraked" is what publishing every set would do.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from matchmaker.matching import Hit, Index, Segmenter, refresh  # noqa: E402
from matchmaker.matching.evaluation import Rules, interval, ndcg, ordered  # noqa: E402
from matchmaker.matching.features import LABELS, TEXT, Reader, Weights  # noqa: E402
from matchmaker.matching.feedback import Decision, Validation, fit, learn, observed  # noqa: E402
from matchmaker.matching.testset import DROPPED, TestSet, load  # noqa: E402

ACCEPTED = 2  # the lowest grade an officer accepts
SEED = 20261129


@dataclass
class Judged:
    """All judged pairs: need of each, document of each, text features, grades."""

    needs: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    grades: list[int] = field(default_factory=list)
    features: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, TEXT)))

    @classmethod
    def of(cls, test_set: TestSet) -> "Judged":
        """Read every judged pair of a set at the idf of the whole set."""
        segmenter = Segmenter()
        index = Index.build(test_set.documents, segmenter=segmenter)
        idf = refresh(index, Index.build(test_set.queries, segmenter=segmenter))
        reader, found, blocks = Reader(segmenter, idf), cls(), []
        texts = {document.id: document for document in test_set.documents}
        for need in test_set.queries:
            graded = test_set.grades.get(need.id, {})
            kept = {name: grade for name, grade in graded.items() if grade != DROPPED}
            blocks.append(reader.of_need(reader.read(need), [reader.read(texts[i]) for i in kept]))
            found.needs += [need.id] * len(kept)
            found.documents += kept
            found.grades += kept.values()
        found.features = np.concatenate(blocks)
        return found

    def figures(self, weights: Weights, needs: set[str], rules: Rules) -> Mapping[str, float]:
        """nDCG@10 of each of these needs, its judged documents alone."""
        scores = (self.features @ weights.values[:TEXT]).round(12)
        rankings: dict[str, list[Hit]] = {}
        grades: dict[str, dict[str, int]] = {}
        for place, need in enumerate(self.needs):
            if need in needs:
                document = self.documents[place]
                rankings.setdefault(need, []).append(Hit(document, float(scores[place])))
                grades.setdefault(need, {})[document] = self.grades[place]
        found = {}
        for need, hits in rankings.items():
            gains = [rules.gain(grades[need][hit.id]) for hit in ordered(hits)]
            found[need] = ndcg(gains, gains)
        return {need: value for need, value in found.items() if not np.isnan(value)}

    def decisions(self, places: Iterable[int]) -> list[Decision]:
        """What an officer would have decided on these pairs."""
        return [
            Decision(self.needs[p], observed(self.features[p], ()), self.grades[p] >= ACCEPTED)
            for p in places
        ]


def split(
    judged: Judged, rules: Rules, start: Weights, *, judgements: int, number: int
) -> tuple[float, float, Validation]:
    """Learn on one half, test on the other: the unbraked gain, the published one, the verdict."""
    generator = np.random.default_rng([SEED, number])
    needs = generator.permutation(sorted(set(judged.needs)))
    taught = set(needs[: len(needs) // 2])
    pool = [place for place, need in enumerate(judged.needs) if need in taught]
    drawn = sorted(generator.choice(pool, size=min(judgements, len(pool)), replace=False))
    weights, verdict = learn(judged.decisions(drawn), against=start, around=start)
    tested = set(needs) - taught
    before = judged.figures(start, tested, rules)
    after = judged.figures(weights, tested, rules)
    gain = float(np.mean([after[need] - before[need] for need in before]))
    return gain, gain if verdict.supported else 0.0, verdict


def told(name: str, gains: list[float]) -> str:
    """One line: mean, 95 % interval of the mean over splits, worst and best split."""
    mean = interval(np.array(gains))
    return (
        f"{name:10} mean {mean.value:+.4f} [{mean.low:+.4f}, {mean.high:+.4f}]"
        f"  worst {min(gains):+.4f}  best {max(gains):+.4f}"
    )


def arguments() -> argparse.Namespace:
    """What the command was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--judgements", type=int, default=200)
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument(
        "--start", nargs="*", default=[], metavar="NAME=WEIGHT",
        help="weights in force at first, to see what a bad start costs: " + ", ".join(LABELS),
    )  # fmt: skip
    return parser.parse_args()


def main() -> None:
    """Print the simulation."""
    asked = arguments()
    start = Weights.from_dict({n: float(v) for n, v in (one.split("=") for one in asked.start)})
    test_set = load(asked.folder)
    judged, rules = Judged.of(test_set), Rules.of(test_set, judged_only=True)
    everything = set(judged.needs)
    usual = judged.figures(start, everything, rules)
    fitted = fit(judged.decisions(range(len(judged.needs))), around=start)
    best = judged.figures(fitted, everything, rules)
    base, ceiling = (float(np.mean(list(found.values()))) for found in (usual, best))
    print(f"{len(everything)} needs, {len(judged.needs)} judged pairs, nDCG@10 {base:.4f};")
    print(
        f"fitted on every judgement and tested on the same: {ceiling:.4f} ({ceiling - base:+.4f})"
    )
    print(f"{asked.splits} splits of {asked.judgements} judgements:")
    runs = [
        split(judged, rules, start, judgements=asked.judgements, number=number)
        for number in range(asked.splits)
    ]
    print(told("unbraked", [run[0] for run in runs]))
    print(told("published", [run[1] for run in runs]))
    rejected = sum(not run[2].supported for run in runs)
    accepted = np.mean([run[2].accepted for run in runs])
    print(f"rejected by validation: {rejected} of {len(runs)}; {accepted:.1f} accepted on average")


if __name__ == "__main__":
    main()
