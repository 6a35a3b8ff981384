"""States and moves as data: the pure engine every lifecycle runs on."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from matchmaker.errors import WrongState


class Labelled(StrEnum):
    """A stored value with its Chinese label: `NAME = "value", "标签"`."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """Make the member a plain string that also carries its label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class State(StrEnum):
    """A state is one line: stored value, label, tone (neutral, active, good, warn, bad)."""

    label: str
    tone: str

    def __new__(cls, value: str, label: str = "", tone: str = "neutral") -> Self:
        """Make the member a plain string that also carries its label and tone."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.tone = tone
        return member


@dataclass(frozen=True)
class Move:
    """One line of a lifecycle: an action, where from, where to, and which roles may make it."""

    action: str
    label: str
    sources: frozenset[State]
    target: State
    by: frozenset[str]
    needs_reason: bool = False


def move(
    action: str,
    label: str,
    sources: State | Collection[State],
    target: State,
    *,
    by: Collection[str],
    needs_reason: bool = False,
) -> Move:
    """Write a `Move` without spelling out its sets."""
    found = {sources} if isinstance(sources, State) else set(sources)
    return Move(action, label, frozenset(found), target, frozenset(by), needs_reason)


class Lifecycle:
    """All moves of one noun. An action may have several moves, told apart by the source."""

    def __init__(self, noun: str, label: str, initial: State, *moves: Move) -> None:
        self.noun = noun
        self.label = label
        self.initial = initial
        self.moves = moves
        self.states: tuple[State, ...] = tuple(type(initial))

    def find(self, action: str, state: State) -> Move:
        """Return the move `action` makes from `state`; raise `WrongState` where there is none."""
        for candidate in self.moves:
            if candidate.action == action and state in candidate.sources:
                return candidate
        raise WrongState(f"{self.label}当前为“{state.label}”，不能办理这一步，请刷新页面后再看。")

    def open_to(self, state: State, roles: Collection[str]) -> Iterator[Move]:
        """Yield the moves that holders of `roles` may make from `state`, in the written order."""
        for candidate in self.moves:
            if state in candidate.sources and candidate.by & set(roles):
                yield candidate
