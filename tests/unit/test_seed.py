"""The demonstration district reads as written by hand: enough of it, and nothing twice."""

import re
from collections import Counter

from matchmaker import codes
from matchmaker.checkup import NeedText
from matchmaker.matching import check_term, fold
from matchmaker.seed import parties, reading, terms

LONGEST_REPEAT = 12  # characters of a sentence that may stand twice
PROSE = {
    "enterprises": ("product",),
    "teams": ("directions",),
    "needs": ("background", "problem", "foundation", "bidder_conditions"),
    "achievements": ("summary", "detail", "cases"),
    "experts": ("bio",),
    "services": ("intro",),
}


def entries(kind):
    return [entry for part in reading.parts() for entry in part.entries(kind)]


def sentences():
    for kind, names in PROSE.items():
        for entry in entries(kind):
            for name in names:
                for sentence in re.split(r"[。；！？\n]", entry[name]):
                    yield sentence.strip()


def test_the_district_has_its_size():
    sizes = {kind: len(entries(kind)) for kind in ("enterprises", "needs", "achievements")}
    assert sizes == {"enterprises": 60, "needs": 152, "achievements": 300}
    assert len({entry["name"] for entry in entries("institutions")}) == 20
    assert (len(entries("experts")), len(entries("services"))) == (80, 28)
    assert len(reading.TOWNS) == 12


def test_no_sentence_stands_twice():
    counts = Counter(s for s in sentences() if len(s) > LONGEST_REPEAT)
    assert len(counts) > 2000
    assert {s: n for s, n in counts.items() if n > 1} == {}


def test_no_title_stands_twice():
    titles = Counter(
        entry["title"] for kind in ("needs", "achievements") for entry in entries(kind)
    )
    assert max(titles.values()) == 1


def test_every_code_is_official():
    for entry in [*entries("needs"), *entries("achievements"), *entries("enterprises")]:
        assert codes.is_code("tech_field", entry["tech_field_code"]), entry
    for entry in entries("achievements"):
        assert all(codes.is_code("transfer_mode", x) for x in entry["transfer_modes"])
        assert all(codes.is_code("ip_type", x["type"]) for x in entry["ip_items"])


def test_at_least_a_hundred_pairs_are_graded(tmp_path):
    assert reading.write_evaluation(tmp_path) == (152, 300, 512)
    grades = Counter(grade for _, _, grade in reading.relevance())
    assert set(grades) == {0, 1, 2, 3}
    assert grades[3] >= 60
    assert len((tmp_path / "qrels.tsv").read_text(encoding="utf-8").splitlines()) == 513


def test_demonstration_credit_codes_are_valid_and_distinct():
    made = {parties.credit_code("91", 10_000_000 + n * 137) for n in range(1, 61)}
    assert len(made) == 60
    assert all(parties.uscc.is_valid(code) for code in made)


def test_needs_fit_the_form():
    for entry in entries("needs"):
        NeedText(title=entry["title"], background=entry["background"], problem=entry["problem"])
        assert entry["pay_to_bidder_wan"] <= entry["budget_total_wan"]
        assert 1 <= entry["duration_months"] <= 48


def read_by_the_matcher(kind):
    names = ("title", "keywords", "problem", "background", "summary", "cases")
    return [fold(" ".join(str(e.get(name, "")) for name in names))[0] for e in entries(kind)]


def test_the_districts_words_stand_on_both_sides():
    found = terms.written()
    sides = [read_by_the_matcher(kind) for kind in ("needs", "achievements")]

    def stands(word):
        return [any(check_term(word) in text for text in side) for side in sides]

    assert len(found["words"]) == len(set(found["words"])) == 39
    assert [word for word in found["words"] if not all(stands(word))] == []
    assert len(found["synonyms"]) == 18
    for group in found["synonyms"]:
        assert all(any(side) for side in zip(*map(stands, group), strict=True)), group
        assert [word for word in group if not any(stands(word))] == []
