"""A sheet in the style of GB/T 9704 (党政机关公文格式): fonts, headings, tables, page number."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

SONG, FANG, HEI, KAI = "方正小标宋简体", "仿宋", "黑体", "楷体"
LATIN = "Times New Roman"
# What a machine without the font takes instead; Word reads it from the font table.
INSTEAD = {SONG: "宋体", FANG: "仿宋_GB2312", HEI: "SimHei", KAI: "楷体_GB2312"}
BORN = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
RED = RGBColor(0xC0, 0x00, 0x00)
CENTRE, RIGHT, LEFT = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.LEFT,  # justified, LibreOffice loses a comma that hangs over the margin
)
# name: font, size in pt, bold, alignment, first-line indent in characters, spacing before/after
STYLES: dict[str, tuple[str, float, bool, Any, float, tuple[float, float]]] = {
    "公文标题": (SONG, 22, False, CENTRE, 0, (0, 14)),
    "公文副标题": (KAI, 16, False, CENTRE, 0, (0, 10)),
    "公文正文": (FANG, 16, False, LEFT, 2, (0, 0)),
    "公文顶格": (FANG, 16, False, LEFT, 0, (0, 0)),
    "公文一级标题": (HEI, 16, False, LEFT, 2, (0, 0)),
    "公文二级标题": (KAI, 16, False, LEFT, 2, (0, 0)),
    "公文落款": (FANG, 16, False, RIGHT, 0, (0, 0)),
    "合同封面标题": (SONG, 36, False, CENTRE, 0, (0, 20)),
    "发文机关": (SONG, 34, False, CENTRE, 0, (0, 12)),
    "文号": (FANG, 16, False, CENTRE, 0, (0, 4)),
    "表格文字": (FANG, 12, False, LEFT, 0, (2, 2)),
    "表格表头": (HEI, 12, False, CENTRE, 0, (2, 2)),
    "控制行": (FANG, 8, False, LEFT, 0, (0, 0)),
}
LINE = 28  # pt between lines: 22 lines a page
# A form's sizes where a letter has the larger ones.
SMALLER = {
    **dict.fromkeys(("公文正文", "公文顶格", "公文落款"), 14),
    **dict.fromkeys(("公文一级标题", "公文二级标题"), 14),
    **dict.fromkeys(("表格文字", "表格表头"), 10.5),
}
BY_HAND = "　　　　年　　月　　日"
TIGHT = {"表格文字", "表格表头", "控制行"}


class Sheet:
    """One template while it is being written."""

    def __init__(
        self, title: str, *, wide: bool = False, tight: bool = False, small: bool = False
    ) -> None:
        """Begin an A4 sheet.

        wide : it lies on its side.  tight : a form's smaller type, pitch and margins.
        small : a letter whose tables have many columns.
        """
        self.paper = docx.Document()
        self.wide, self.pitch = wide, 24 if tight else LINE
        _plain_defaults(self.paper)
        for name in STYLES:
            _add_style(self.paper, name, self.pitch)
        for name, size in SMALLER.items():
            if tight or (small and name.startswith("表格")):
                self.paper.styles[name].font.size = Pt(size)
        self._lay_out(tight=tight)
        _number_pages(self.paper.sections[0])
        _name_fonts(self.paper)
        _drop_thumbnail(self.paper)
        properties = self.paper.core_properties
        properties.title, properties.author, properties.comments = title, "揭榜台", ""
        properties.created = properties.modified = BORN
        properties.last_modified_by = "揭榜台"

    def _lay_out(self, *, tight: bool) -> None:
        section = self.paper.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(28)
        if tight:
            section.top_margin = section.bottom_margin = Mm(25)
            section.left_margin = section.right_margin = Mm(25)
            section.footer_distance = Mm(14)
        if self.wide:
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = Mm(297), Mm(210)
            section.top_margin, section.bottom_margin = Mm(26), Mm(26)
            section.left_margin = section.right_margin = Mm(25)
            section.footer_distance = Mm(17)

    @property
    def width(self) -> int:
        """Return the width between the margins in EMU."""
        section = self.paper.sections[0]
        return int(section.page_width - section.left_margin - section.right_margin)

    def line(self, text: str, style: str) -> Any:
        """Add a paragraph in a style."""
        return self.paper.add_paragraph(text, style=style)

    def title(self, text: str) -> None:
        """Add the document's title."""
        self.line(text, "公文标题")

    def h1(self, text: str) -> None:
        """Add a heading of the first level (一、)."""
        self.line(text, "公文一级标题").paragraph_format.keep_with_next = True

    def h2(self, text: str) -> None:
        """Add a heading of the second level (（一）)."""
        self.line(text, "公文二级标题").paragraph_format.keep_with_next = True

    def p(self, *texts: str) -> None:
        """Add paragraphs of body text."""
        for text in texts:
            self.line(text, "公文正文")

    def lead(self, text: str) -> None:
        """Add a line that stays with the table it introduces."""
        self.line(text, "公文正文").paragraph_format.keep_with_next = True

    def flush(self, text: str) -> None:
        """Add a paragraph without indent."""
        self.line(text, "公文顶格")

    def when(self, condition: str, *texts: str) -> None:
        """Add paragraphs that print only where the condition holds."""
        self.control(f"if {condition}")
        self.p(*texts)
        self.control("endif")

    def each(self, row: str, rows: str, *texts: str) -> None:
        """Add paragraphs repeated for every row."""
        self.control(f"for {row} in {rows}")
        self.p(*texts)
        self.control("endfor")

    def control(self, words: str) -> None:
        """Add a line that steers and does not print."""
        self.line(f"{{%p {words} %}}", "控制行")

    def space(self) -> None:
        """Add an empty line."""
        self.line("", "公文顶格")

    def page_break(self) -> None:
        """Begin a new page."""
        self.paper.add_page_break()

    def head(self, agency: str) -> None:
        """Add the red head: 发文机关, 文号 where there is one, the red line."""
        self.line(agency, "发文机关").runs[0].font.color.rgb = RED
        self.control("if 文号")
        self.line("{{ 文号 }}", "文号")
        self.control("endif")
        rule = self.line("", "文号")
        rule.paragraph_format.line_spacing = Pt(6)
        _underline(rule, "C00000")
        rule.paragraph_format.space_after = Pt(24)

    def signed(self, *lines: str) -> None:
        """Add who signs and when, right, four characters from the margin."""
        self.line("", "公文顶格").paragraph_format.keep_with_next = True
        for text in lines:
            line = self.line(text, "公文落款")
            line.paragraph_format.right_indent = Pt(64)
            line.paragraph_format.keep_with_next = text != lines[-1]

    def table(self, columns: Sequence[tuple[str, float, str]], *, row: str, rows: str) -> Any:
        """Add a table with a repeated row.

        columns : heading, share of the width, cell text.  row, rows : `for row in rows`.
        """
        table = self._grid(len(columns), [share for _h, share, _c in columns])
        for cell, (heading, _share, _text) in zip(table.add_row().cells, columns, strict=True):
            _write(cell, heading, "表格表头")
        _repeat_heading(table.rows[0])
        _write(table.add_row().cells[0], f"{{%tr for {row} in {rows} %}}", "控制行")
        filled = table.add_row()
        for cell, (_heading, _share, text) in zip(filled.cells, columns, strict=True):
            _write(cell, text, "表格文字")
        _keep_together(filled)
        _write(table.add_row().cells[0], "{%tr endfor %}", "控制行")
        return table

    def matrix(
        self,
        first: Sequence[tuple[str, float, str]],
        *,
        heads: str,
        row: str,
        rows: str,
        cells: str,
    ) -> Any:
        """Add a table whose columns are data too.

        first : (heading, share, text) of the leading columns; the others have share 1.
        heads, cells : the lists of the others.
        """
        count = len(first) + 3
        table = self._grid(count, [share for _h, share, _t in first] + [1] * 3)
        for headings, item, style in (
            ([h for h, _s, _t in first], heads, "表格表头"),
            ([t for _h, _s, t in first], cells, "表格文字"),
        ):
            if style == "表格文字":
                _write(table.add_row().cells[0], f"{{%tr for {row} in {rows} %}}", "控制行")
            line = table.add_row()
            texts = [*headings, f"{{%tc for 格 in {item} %}}", "{{ 格 }}", "{%tc endfor %}"]
            for cell, text in zip(line.cells, texts, strict=True):
                _write(cell, text, style)
                _any_width(cell)
            if style == "表格表头":
                _repeat_heading(line)
        _keep_together(line)
        _write(table.add_row().cells[0], "{%tr endfor %}", "控制行")
        _full_width(table)
        return table

    def form(self, rows: Sequence[Sequence[str]], shares: Sequence[float]) -> Any:
        """Add a form: label, value, label, value …; a short row's last value takes the rest."""
        table = self._grid(len(shares), shares)
        for texts in rows:
            cells = table.add_row().cells
            for place, text in enumerate(texts):
                cell = cells[place]
                if place == len(texts) - 1 and len(texts) < len(shares):
                    cell = cell.merge(cells[-1])
                _write(cell, text, "表格表头" if place % 2 == 0 else "表格文字")
        return table

    def _grid(self, count: int, shares: Sequence[float]) -> Any:
        table = self.paper.add_table(rows=0, cols=count)
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        whole = sum(shares)
        for column, share in zip(table.columns, shares, strict=True):
            column.width = int(self.width * share / whole)
        return table

    def signatures(self, sides: Sequence[tuple[str, str]]) -> None:
        """Add where each side seals, signs and dates by hand: (who, in whose name)."""
        self.space()
        table = self._grid(1, (1,))
        for who, signer in sides:
            row = table.add_row()
            _keep_together(row)
            for text in (f"{who}（盖章）", f"{signer}（签字）：", f"日期：{BY_HAND}"):
                line = row.cells[0].add_paragraph(text, style="表格文字")
                line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(7)
                line.paragraph_format.keep_with_next = who != sides[-1][0]
            first = row.cells[0].paragraphs[0]._p  # noqa: SLF001 - the empty one a cell begins with
            first.getparent().remove(first)

    def save(self, path: Any) -> None:
        """Write the file."""
        self.paper.save(path)


def _write(cell: Any, text: str, style: str) -> None:
    cell.paragraphs[0].style = style
    cell.paragraphs[0].add_run(text)
    cell.vertical_alignment = 1  # centred


def _plain_defaults(paper: Any) -> None:
    """Take the library's theme fonts and American language out of the defaults."""
    defaults = paper.styles.element.find(qn("w:docDefaults"))
    run = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for child in list(run):
        run.remove(child)
    fonts = OxmlElement("w:rFonts")
    for place, name in (("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", FANG), ("cs", LATIN)):
        fonts.set(qn(f"w:{place}"), name)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    run.extend([fonts, language])
    spacing = defaults.find(qn("w:pPrDefault")).find(qn("w:pPr"))
    for child in list(spacing):
        spacing.remove(child)


def _add_style(paper: Any, name: str, pitch: float) -> None:
    font, size, bold, alignment, indent, (before, after) = STYLES[name]
    style = paper.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = paper.styles["Normal"]
    style.quick_style = True
    style.font.size, style.font.bold, style.font.name = Pt(size), bold, LATIN
    style.element.rPr.rFonts.set(qn("w:eastAsia"), font)
    shape = style.paragraph_format
    shape.alignment = alignment
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    if name in TIGHT:
        shape.line_spacing = 1.0
    else:
        shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        shape.line_spacing = Pt(max(pitch, size * 1.3))
    if indent:
        shape.first_line_indent = Pt(size * indent)
        style.element.pPr.find(qn("w:ind")).set(qn("w:firstLineChars"), str(int(indent * 100)))


def _number_pages(section: Any) -> None:
    """Put — 1 — at the foot of every page."""
    line = section.footer.paragraphs[0]
    line.alignment = CENTRE
    for text, kind in (("— ", ""), ("", "begin"), (" PAGE ", "code"), ("1", "end"), (" —", "")):
        run = line.add_run(text if kind in {"", "end"} and kind != "end" else "")
        run.font.size = Pt(14)
        run.font.name = "宋体"
        run.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
        if kind in {"begin", "end"}:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run.element.append(mark)
        elif kind == "code":
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = text
            run.element.append(code)


def _any_width(cell: Any) -> None:
    width = cell._tc.get_or_add_tcPr().get_or_add_tcW()  # noqa: SLF001
    width.set(qn("w:type"), "auto")
    width.set(qn("w:w"), "0")


def _full_width(table: Any) -> None:
    """Let the columns share the page's width, however many there are."""
    table.autofit = True
    width = table._tbl.tblPr.find(qn("w:tblW"))  # noqa: SLF001
    width.set(qn("w:type"), "pct")
    width.set(qn("w:w"), "5000")


def _underline(paragraph: Any, colour: str) -> None:
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "18"), ("space", "1"), ("color", colour)):
        bottom.set(qn(f"w:{key}"), value)
    borders.append(bottom)
    paragraph.paragraph_format.element.get_or_add_pPr().append(borders)


def _repeat_heading(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - python-docx has no name for it


def _keep_together(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001


def _drop_thumbnail(paper: Any) -> None:
    """Take out the picture of the library's own empty page."""
    package = paper.part.package
    for key, rel in list(package.rels.items()):
        if rel.reltype.endswith("/thumbnail"):
            package.rels.pop(key)


def _name_fonts(paper: Any) -> None:
    """Say in the font table what to take where a font is missing."""
    part = next(
        rel.target_part for rel in paper.part.rels.values() if rel.reltype.endswith("/fontTable")
    )
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{"auto" if name != SONG else "roman"}"/></w:font>'
        for name, other in INSTEAD.items()
    )
    text = part.blob.decode("utf-8").replace("</w:fonts>", f"{entries}</w:fonts>")
    part._blob = text.encode("utf-8")  # noqa: SLF001 - the part is kept as bytes
