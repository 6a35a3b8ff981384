"""The guard against classified information (涉密不上网): marks that block, words that pass.

The platform is no classified system. A text that carries a mark of state secrecy is refused
before it is stored. Business and technical secrets (商业秘密, 技术秘密) are ordinary content.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

ADVICE = (
    "本平台为非涉密系统，严禁录入国家秘密、工作秘密和内部敏感信息。请删除上述内容后再保存；"
    "确属涉密的需求或成果，请走线下渠道，携纸质材料到科技局当面办理，不要通过网络、电话或邮件传送。"
)

_STAR = "★☆⭐✭✩✪⋆"
_LEVEL = "(?:绝密|机密|秘密)"
_PRIVATE = "(?<!商业)(?<!技术)(?<!企业)(?<!经营)(?<!个人)(?<!通信)"
_NUMBERED = r"\d{1,3}[A-Z]{0,2}(?!\d|[℃°度%吨])"
_WEAPON = (
    "(?:(?:弹道|巡航|防空|空空|空地|反舰|地空|反坦克|战术|战略)*导弹|鱼雷|战斗机|轰炸机|歼击机|"
    "强击机|核潜艇|潜艇|驱逐舰|护卫舰|航空母舰|航母|主战坦克|坦克|步兵战车|火箭炮|榴弹炮)"
)
_OPEN, _CLOSE = "[(〔\\[【《「『]", "[)〕\\]】》」』]"

_MARKS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        # The official mark: level, star, term. An asterisk counts only before a term.
        rf"{_PRIVATE}{_LEVEL}[{_STAR}]",
        rf"{_PRIVATE}{_LEVEL}\*(?=\d+年|\d+个月|长期)",
        rf"{_OPEN}{_LEVEL}级?{_CLOSE}",
        r"^(?:绝密|机密)(?=$|[:,.。;!])",
        # Levels in running text; 精密级轴承, 密级配沥青 and 机密级别 are ordinary words.
        rf"{_PRIVATE}{_LEVEL}级(?!别|联|配)",
        rf"(?<![精致紧严周高低中细加保解亲稠])密级[:为是]?{_OPEN}?(?:绝密|机密|秘密|内部)",
        r"(?<![精致紧严周高低中细加保解亲稠机秘绝])密级:",
        r"(?:^|(?<![\u4e00-\u9fff])|(?<=文件|项目|材料|资料|成果|任务|信息|课题|技术|需求))密级(?!别|联|配)",
        # Internal papers: marked as such, not an archive of them.
        rf"内部(?:资料|文件|材料|刊物)[{_STAR}]",
        rf"{_OPEN}内部(?:资料|文件|材料){_CLOSE}",
        r"内部(?:资料|文件|材料)[,:。!]?(?:请)?(?:注意保[存管密]|妥善保管|严禁|不得|禁止|请?勿)",
        r"^内部(?:资料|文件|材料)(?=$|[:,.。;!])",
        # Classified by its own statement.
        r"(?:属于?|涉及|含有?|包含|列为|定为)(?:国家|国防|军事|工作)(?:科技)?秘密",
        r"(?:属于?|为|是|系|列为)涉密(?:项目|课题|成果|任务|内容|技术|产品|信息)",
        # Military types.
        r"(?:军工|军品|国防|武器装备|武器)型号|型号(?:研制)?任务(?:书)?保密",
        rf"(?:某|新|[A-Z]{{1,4}}-?\d{{1,4}}|\d{{2,4}}|[甲乙丙])(?:型号?|式){_WEAPON}",
        rf"(?:歼|轰|强)-?{_NUMBERED}(?=型|机|飞机|战|轰|发动机|[^\u4e00-\u9fff]|$|的|配套|用)",
        r"(?:(?<=^)|(?<=[^\u4e00-\u9fff])|(?<=[为对供的是某]))(?:运-?(?:9|20)|直-?(?:10|19|20))(?=型|机|[用的])",
        r"东风-(?:15|16|17|26|27|31|41|61|100)[A-Z]{0,2}(?!\d|[℃°])|(?:东风|DF|巨浪|JL|鹰击|YJ|红旗|HQ|长剑|CJ)-?\d{1,3}[A-Z]{0,2}型?(?:弹道|巡航|防空|反舰)?导弹",
        r"(?:巨浪|鹰击|长剑|霹雳|无侦|攻击)-\d{1,3}[A-Z]{0,2}(?!\d)|涡扇-?(?:10|13|15|19|20)(?!\d)",
    )
)

_DENIALS = re.compile(r"不|未|非|无|没有|严禁|禁止|勿|是否|杜绝|避免")
_DENIABLE = re.compile(r"(?:属|涉|含|包含|列|定|为|是|系).*(?:秘密|涉密)")
_CLAUSE = 12
_TRADITIONAL = str.maketrans("機絕祕級內資標為屬國", "机绝秘级内资标为属国")


@dataclass(frozen=True, slots=True)
class SecrecyHit:
    """A mark found: the field's label, the text as written, its place [start, end) in the field."""

    field: str
    mark: str
    start: int
    end: int


def guard(texts: Mapping[str, str]) -> list[SecrecyHit]:
    """Return every mark of classified content, in the order of the fields and of the text.

    texts : field label → text; file names are given like any other field. An empty list means
    nothing was found; it is not a certificate that the text is free of secrets.
    """
    return [hit for label, text in texts.items() for hit in _hits(label, text)]


def refusal(hits: list[SecrecyHit]) -> str:
    """Say in Chinese which field holds which mark, and what to do instead."""
    named = "；".join(f"“{hit.field}”中出现“{hit.mark}”" for hit in hits)
    return f"{named}，疑似涉密标志，未予保存。{ADVICE}"


def _hits(label: str, text: str) -> Iterator[SecrecyHit]:
    folded, places = _fold(text)
    taken_to = 0
    for begin, end in sorted(_spans(folded), key=lambda span: (span[0], -span[1])):
        if begin < taken_to:
            continue
        taken_to = end
        start, stop = places[begin], places[end - 1] + 1
        yield SecrecyHit(label, text[start:stop], start, stop)


def _spans(folded: str) -> Iterator[tuple[int, int]]:
    for pattern in _MARKS:
        for found in pattern.finditer(folded):
            if not (_DENIABLE.match(found[0]) and _is_denied(folded, before=found.start())):
                yield found.span()


def _is_denied(folded: str, *, before: int) -> bool:
    """Tell whether the clause says there is no secret: 不涉及国家秘密."""
    clause = re.split(r"[,。;!?]", folded[max(0, before - _CLAUSE) : before])[-1]
    return _DENIALS.search(clause) is not None


def _fold(text: str) -> tuple[str, list[int]]:
    """Fold width, case and old forms, drop blanks; places[i] is where character i came from."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        if letter.isspace() or unicodedata.category(letter) == "Cf":
            continue
        for part in unicodedata.normalize("NFKC", letter).upper().translate(_TRADITIONAL):
            if not part.isspace():
                letters.append("-" if part in "—–−‐‑" else part)
                places.append(place)
    return "".join(letters), places
