"""The tables of `scripts/bench-match`."""

import argparse
import time

from bench import own, table
from bench.corpus import Corpus, Source, check, figures
from bench.pairs import all_pairs, whole_build
from bench.peers import PEERS, Sklearn
from bench.timing import bandwidth, load, seconds
from matchmaker.matching import engine

NEEDS = 200


def main(doc: str) -> None:
    """Read the options and print every table."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--docs", default="10000,100000", help="sizes, with commas between")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--channels-at", type=int, default=100_000, help="size for all channels; 0: none"
    )
    parser.add_argument("--pairs", default="10000x100000", help="needs x documents; 0x0: none")
    given = parser.parse_args()
    started = time.perf_counter()
    print(f"engine {engine.name()}; {load()}; copying {bandwidth() / 1e9:.1f} GB/s on one core")
    took, words = seconds(lambda: Source(("words",)))
    print(f"every piece of text cut once: {took:.1f} s")
    for size in map(int, given.docs.split(",")):
        one_size(words, size, seed=given.seed)
    needs, documents = map(int, given.pairs.split("x"))
    if needs:
        all_pairs(words, *described(words, documents, needs, seed=given.seed))
    whole_build(words, seed=given.seed)
    if given.channels_at:
        all_channels(given.channels_at, seed=given.seed)
    print(f"\n{time.perf_counter() - started:.0f} s in all; {load()}")


def described(source: Source, size: int, needs: int, *, seed: int) -> tuple[Corpus, Corpus]:
    """The documents and the needs of a table, their figures printed, their cutting proved."""
    corpus = source.corpus(size, seed=seed, name="D")
    asked = source.corpus(needs, seed=seed + 1, name="N")
    check(source, corpus, count=20)
    told = figures(corpus, asked)
    print(
        f"\n{size:,} documents, {' and '.join(source.channels)}: "
        f"{told['characters']:.0f} characters, {told['terms']:.1f} distinct terms, "
        f"sum of df/N over a need {told['shared']:.2f}, "
        f"vocabulary {told['vocabulary']:,.0f}; {load()}"
    )
    return corpus, asked


def one_size(source: Source, size: int, *, seed: int) -> None:
    """The word channel, one document pool, every way."""
    corpus, needs = described(source, size, NEEDS, seed=seed)
    built, index = seconds(lambda: own.build(corpus, source.segmenter))
    case = table.case_of(index, corpus, needs)
    table.heading()
    base = table.row(Sklearn, case)
    for peer in PEERS[1:]:
        table.row(peer, case, base=base)
    table.ours(index, case, built=built, base=base)
    table.limit(index, own.queries(case.asked, index), base)
    table.life(index, source, corpus, seed=seed)


def all_channels(size: int, *, seed: int) -> None:
    """Words and characters, against scikit-learn with the same features."""
    source = Source(("words", "characters"))
    corpus, needs = described(source, size, NEEDS, seed=seed)
    built, index = seconds(lambda: own.build(corpus, source.segmenter))
    case = table.case_of(index, corpus, needs)
    table.heading()
    base = table.row(Sklearn, case)
    table.ours(index, case, built=built, base=base)
    table.limit(index, own.queries(case.asked, index), base)
    table.life(index, source, corpus, seed=seed)
