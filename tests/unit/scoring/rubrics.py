"""Rubrics as a bureau states them."""

from matchmaker import scoring

TEXTS = ("完整、有据、优于要求", "完整、有据", "大体可行", "缺项或不符")
BANDS = (("优", 90, 100), ("良", 75, 89), ("中", 60, 74), ("差", 0, 59))


def row(name, weight, part="technical"):
    levels = [
        {"label": label, "low": low, "high": high, "text": f"{name}{text}"}
        for (label, low, high), text in zip(BANDS, TEXTS, strict=True)
    ]
    return {"name": name, "weight": weight, "part": part, "levels": levels}


BID_ROWS = [
    row("技术方案", 30),
    row("指标响应", 20),
    row("团队基础", 20),
    row("进度", 10),
    row("经费", 10, "price"),
    row("产业化", 10),
]
NEED_ROWS = [row("产业带动", 30), row("技术指标", 30), row("研究基础", 20), row("财务", 20)]
VETOES = ("不响应关键指标", "资质不符")
BID = scoring.rubric.read(BID_ROWS, VETOES)
NEED = scoring.rubric.read(NEED_ROWS)
