from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from rapidfuzz import fuzz, process

from .fields import FieldKind, FieldSpec
from .folding import fold_heading, unit_in_heading

_ALIKE: Final = 60
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class UnknownColumn:
    """A column no field answers to; `suggestion` is the key of the likeliest one, or empty."""

    index: int
    heading: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column holds which field.

    columns : field key → column index from 0.  units : field key → money unit in its heading.
    unknown : columns left over.  missing : required keys without a column.
    ambiguous : key → all columns claiming it; the first was taken.
    """

    columns: Mapping[str, int]
    headings: tuple[str, ...]
    unknown: tuple[UnknownColumn, ...]
    missing: tuple[str, ...]
    ambiguous: Mapping[str, tuple[int, ...]]
    units: Mapping[str, str]


def match_headings(
    headings: Sequence[str],
    specs: Sequence[FieldSpec],
    *,
    chosen: Mapping[str, int] | None = None,
) -> ColumnMapping:
    """Map headings to fields by folded label and aliases.

    chosen : key → column index the user set by hand, or remembered; it wins over the headings.
    Raises KeyError for a chosen key that is no field, IndexError for a column that is not there.
    """
    claims = _claims(headings, specs)
    columns = {key: indices[0] for key, indices in claims.items()}
    if chosen:
        _apply(chosen, columns, keys={spec.key for spec in specs}, width=len(headings))
    taken = set(columns.values()).union(*claims.values())
    unmapped = [spec for spec in specs if spec.key not in columns]
    return ColumnMapping(
        columns=MappingProxyType(columns),
        headings=tuple(headings),
        unknown=tuple(_unknown(headings, taken, unmapped)),
        missing=tuple(spec.key for spec in unmapped if spec.required),
        ambiguous=MappingProxyType(
            {key: indices for key, indices in claims.items() if len(indices) > 1}
        ),
        units=MappingProxyType(_units(headings, specs, columns)),
    )


def _claims(headings: Sequence[str], specs: Sequence[FieldSpec]) -> dict[str, tuple[int, ...]]:
    """Field key → columns whose heading is one of its names, best name first.

    A label outranks an alias, an earlier alias a later one; a column serves one field only.
    """
    folded = [fold_heading(heading) for heading in headings]
    claims: dict[str, tuple[int, ...]] = {}
    taken: set[int] = set()
    for rank in range(2 + max((len(spec.aliases) for spec in specs), default=0)):
        for spec in specs:
            names = (spec.label, *spec.aliases, spec.key)
            if rank >= len(names) or not (name := fold_heading(names[rank])):
                continue
            found = [i for i, each in enumerate(folded) if each == name and i not in taken]
            if found:
                claims[spec.key] = (*claims.get(spec.key, ()), *found)
                taken.update(found)
    return claims


def _apply(
    chosen: Mapping[str, int], columns: dict[str, int], *, keys: set[str], width: int
) -> None:
    for key, index in chosen.items():
        if key not in keys:
            raise KeyError(key)
        if not 0 <= index < width:
            raise IndexError(f"column {index} of {width}")
        for other in [each for each, at in columns.items() if at == index]:
            del columns[other]
        columns[key] = index


def _unknown(
    headings: Sequence[str], taken: set[int], unmapped: Sequence[FieldSpec]
) -> Iterator[UnknownColumn]:
    names = {(spec.key, name): name for spec in unmapped for name in sorted(spec.folded())}
    for index, heading in enumerate(headings):
        if not heading or index in taken:
            continue
        best = process.extractOne(
            fold_heading(heading)[:_LONGEST], names, scorer=fuzz.ratio, score_cutoff=_ALIKE
        )
        yield UnknownColumn(index, heading, best[2][0] if best else "")


def _units(
    headings: Sequence[str], specs: Sequence[FieldSpec], columns: Mapping[str, int]
) -> dict[str, str]:
    money = [spec.key for spec in specs if spec.kind is FieldKind.MONEY and spec.key in columns]
    units = {key: unit_in_heading(headings[columns[key]]) for key in money}
    return {key: unit for key, unit in units.items() if unit}
