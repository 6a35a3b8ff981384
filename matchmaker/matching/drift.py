"""How far scores may have moved since the idf was fitted, and whether it is time for another.

A frozen idf weighs a term by the corpus as it was. Let r(t) be what refitting would multiply the
idf of t by, and rho the greatest r(t) over the least. A cosine of two texts whose weights are
multiplied by factors between a and b lies between (a/b)**2 and (b/a)**2 times the old one: its
numerator between a**2 and b**2 times, each of both lengths between a and b times. So

    score / rho**2 <= refitted score <= score * rho**2,  |change| <= (rho**2 - 1) * score,

in each channel, hence in their sum. What all terms have in common (a corpus that merely grew)
cancels out: a corpus of g N documents in which every term is g times as frequent has rho near 1.
"""

from typing import NamedTuple

from matchmaker.matching.index import Index, counted
from matchmaker.matching.weighting import Idf

LIMIT = 1.0  # a share of the score: beyond, `Drift.due` asks for a refresh
UNSEEN = ""  # stands for every term no document holds


class Drift(NamedTuple):
    """How far the idf in force is from the corpus.

    bound : by which share of itself a score may change.  term : the one that moved most against
    the others; empty if it is those no document holds.
    """

    bound: float
    term: str

    @property
    def due(self) -> bool:
        """Whether to `refresh`."""
        return self.bound > LIMIT


def drift(*indexes: Index) -> Drift:
    """Compare the idf in force, that of the first index, with the documents of all as they are."""
    frozen, fresh = indexes[0].idf, Idf(sum(map(len, indexes)), counted(*indexes))
    ratios = {
        term: fresh.of(term) / frozen.of(term)
        for term in (UNSEEN, *fresh.counts)
        if frozen.of(term) > 0
    }
    least, greatest = min(ratios, key=ratios.__getitem__), max(ratios, key=ratios.__getitem__)
    bound = (ratios[greatest] / ratios[least]) ** 2 - 1
    common = ratios[UNSEEN]
    moved = max(least, greatest, key=lambda term: abs(ratios[term] / common - 1))
    return Drift(bound, moved)
