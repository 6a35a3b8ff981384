"""What is known of organisations and people, and what is found between them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matchmaker.workflow import Labelled


class Level(Labelled):
    """How much a hit weighs."""

    BLOCK = "block", "阻断"
    NOTICE = "notice", "提示"


class Kind(Labelled):
    """What two parties have to do with each other."""

    SAME_ENTITY = "same_entity", "同一法人"
    SAME_PERSON = "same_person", "同一人"
    SUBORDINATE = "subordinate", "隶属"
    HOLDING = "holding", "控股或参股"
    CONTROLLER = "controller", "同一实际控制人"
    LEGAL_REP = "legal_rep", "同一法定代表人"
    KIN = "kin", "近亲属"
    OFFICE = "office", "持股或任职"
    EMPLOYER = "employer", "同单位"
    CO_INVENTOR = "co_inventor", "共同发明人"
    CO_AUTHOR = "co_author", "共同论文"
    CONTRACT = "contract", "近三年合作"
    TEACHER = "teacher", "师生"
    COMPETITOR = "competitor", "竞争同一榜"
    ADDRESS = "address", "同一地址"
    PHONE = "phone", "同一电话"


@dataclass(frozen=True, slots=True)
class Stake:
    """A shareholder or controller; without a ratio the actual controller (实际控制人)."""

    name: str
    ratio: float | None = None  # percent
    code: str = ""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as registered, or merely a name somebody typed."""

    key: str
    name: str
    code: str = ""
    aliases: Sequence[str] = ()
    former: Sequence[str] = ()
    address: str = ""
    phones: Sequence[str] = ()
    legal_rep: str = ""
    controllers: Sequence[Stake] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """Where somebody works or worked; `until` is None while it lasts."""

    organisation: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation an expert worked with, and when last, where that is known."""

    organisation: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """An expert, a member of a team, somebody in charge."""

    key: str
    name: str
    posts: Sequence[Post] = ()
    partners: Sequence[Partner] = ()
    phone: str = ""
    email: str = ""


Party = Organisation | Person


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody named in a paper; without a name the organisation itself."""

    name: str
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """Something several parties did together: a patent, a paper, a contract, a declaration.

    kind : CO_INVENTOR, CO_AUTHOR, CONTRACT, KIN, TEACHER or COMPETITOR.
    words : the tie as the evidence prints it.
    """

    kind: Kind
    parties: Sequence[Mention]
    words: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One link of a chain of evidence, as it is read: source —words→ target."""

    source: str
    words: str
    target: str
    keys: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Hit:
    """Two parties have to do with each other, and how that is known."""

    kind: Kind
    level: Level
    a: str  # the keys of the parties
    b: str
    chain: tuple[Step, ...]

    @property
    def evidence(self) -> str:
        """The chain in one line."""
        parts = [self.chain[0].source]
        parts += [f"—{step.words}→ {step.target}" for step in self.chain]
        return " ".join(parts)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over what the hit rests on: another one means that the evidence changed.

        Names are left out: renaming an organisation changes no fact.
        """
        facts = [f"{step.keys[0]}|{step.words}|{step.keys[1]}" for step in self.chain]
        text = "\n".join([str(self.kind), str(self.level), *facts])
        return hashlib.sha256(text.encode()).hexdigest()
