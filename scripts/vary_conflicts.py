"""Seeded variations of the labelled data of scripts/measure-conflicts."""

import copy
import random
import re
import unicodedata
from typing import Any

Row = dict[str, Any]
PLACES = ("澜州", "海澜", "青岛", "山东", "江苏")
SHORTER = (
    ("科技大学", "科大"),
    ("理工大学", "理工大"),
    ("交通大学", "交大"),
    ("中国科学院", "中科院"),
)


class Variation:
    """The data once more with every field spelt anew and every number redrawn, by a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - repeatable, no secret
        digits = list("123456789")
        self.random.shuffle(digits)
        self.digits = str.maketrans("123456789", "".join(digits))

        self.aliases: dict[str, list[str]] = {}

    def of(self, data: Row) -> Row:
        """Return a varied copy; labels and facts stay."""
        copied = copy.deepcopy(data)
        self.aliases = {
            row["name"]: row["aliases"] for row in data["organisations"] if "aliases" in row
        }
        copied["implied"] = data
        for row in copied["organisations"]:
            self._organisation(row)
        for row in copied["people"]:
            self._person(row)
        for work in copied["works"]:
            self._mentions(work["people"])
        for one in copied["declared"]:
            self._mentions([one["a"], one["b"]])
        for one in copied["contests"]:
            self._mentions(one["bidders"])
        for one in copied["contracts"]:
            one["parties"] = [self.mention(name) for name in one["parties"]]
        for part in ("organisations", "people", "works", "contracts", "declared"):
            self.random.shuffle(copied[part])
        return copied

    def _person(self, row: Row) -> None:
        row["name"] = self.human(row["name"])
        if "organisation" in row:
            row["organisation"] = self.mention(row["organisation"])
        if "phone" in row:
            row["phone"] = self.phone(row["phone"])
        for one in (*row.get("past", []), *row.get("partners", [])):
            one["organisation"] = self.mention(one["organisation"])

    def _organisation(self, row: Row) -> None:
        row["name"] = self.name(row["name"])
        for part in ("former", "aliases"):
            if part in row:
                row[part] = [self.name(name) for name in row[part]]
        for part, way in (
            ("code", self.code),
            ("address", self.address),
            ("legal_rep", self.human),
        ):
            if part in row:
                row[part] = way(row[part])
        row["phones"] = [self.phone(phone) for phone in row.get("phones", [])]
        for stake in row.get("controllers", []):
            human = len(stake["name"]) < 5 or any(dot in stake["name"] for dot in "·•")  # noqa: PLR2004
            stake["name"] = (self.human if human else self.mention)(stake["name"])
            if "code" in stake:
                stake["code"] = self.code(stake["code"])

    def _mentions(self, people: list[Row]) -> None:
        for one in people:
            one["name"], one["organisation"] = (
                self.human(one["name"]),
                self.mention(one["organisation"]),
            )

    def chance(self, part: float) -> bool:
        """Decide by the seed."""
        return self.random.random() < part

    def name(self, text: str) -> str:
        """Spell an organisation's name another way."""
        if self.chance(0.3):
            swap = (
                ("有限责任公司", "有限公司")
                if "有限责任公司" in text
                else ("有限公司", "有限责任公司")
            )
            if "股份有限" not in text:
                text = text.replace(*swap)
        if self.chance(0.4):
            text = text.translate(str.maketrans("（）()", "()（）"))
        if self.chance(0.2) and len(text) > 4:  # noqa: PLR2004
            place = self.random.randrange(1, len(text))
            text = text[:place] + self.random.choice([" ", "　"]) + text[place:]
        return text + self.random.choice(["", "", " ", "　"])

    def mention(self, text: str) -> str:
        """Write an organisation as people do in passing: its alias, the place left out, 科大."""
        if text in self.aliases and self.chance(0.3):
            return self.name(self.random.choice(self.aliases[text]))
        if text.endswith("公司") and text[:2] in PLACES and self.chance(0.2):
            return self.name(text[2:])
        for long, short in SHORTER if self.chance(0.2) else ():
            text = text.replace(long, short)
        return self.name(text)

    def human(self, text: str) -> str:
        """Spell a person's name another way."""
        for dot in "·•‧":
            text = text.replace(dot, self.random.choice(["·", "•", "‧", "・", "．"]))
        return f"{text[0]}　{text[1]}" if len(text) == 2 and self.chance(0.4) else text  # noqa: PLR2004

    def code(self, text: str) -> str:
        """Write a credit code another way."""
        way = self.random.randrange(4)
        if way == 0:
            return text.lower()
        if way == 1:
            return " ".join([text[:2], text[2:8], text[8:]])
        return wide(text) if way == 2 else text  # noqa: PLR2004

    def phone(self, text: str) -> str:
        """Redraw the digits (the same everywhere) and set the gaps anew."""
        text = self.redrawn(text, r"^\+86|转.*")
        way = self.random.randrange(3)
        if way == 0:
            return wide(text)
        gap = self.random.choice(["-", " ", ""])
        return text.replace("-", gap).replace(" ", gap) if "转" not in text else text

    def redrawn(self, text: str, kept: str) -> str:
        """Draw the digits anew, the same everywhere, but for what matches `kept`."""
        text = unicodedata.normalize("NFKC", text)
        parts = re.split(f"({kept})", text)
        return "".join(
            one if re.fullmatch(kept, one) else one.translate(self.digits) for one in parts
        )

    def address(self, text: str) -> str:
        """Redraw the numbers, leave out province or city, write the room another way."""
        text = self.redrawn(text, r"\d路")
        if self.chance(0.5):
            text = text.removeprefix("山东省")
        if self.chance(0.3) and "区" in text[:8]:
            text = text.removeprefix("山东省").removeprefix("澜州市")
        if self.chance(0.4):
            text = text.removesuffix("室")
        if self.chance(0.3):
            text = text.replace("B座", "B-")
        return wide(text) if self.chance(0.3) else text


def wide(text: str) -> str:
    """Write digits and letters full-width."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
