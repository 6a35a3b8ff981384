"""A template and a context become a .docx; a template is read for the fields it uses."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import TemplateError, UndefinedError
from lxml.etree import LxmlError

from matchmaker.documents import filling
from matchmaker.documents.catalogue import CATALOGUE, Document
from matchmaker.documents.fields import Field
from matchmaker.documents.filling import BLANK, LISTS, filled
from matchmaker.documents.language import Language, used_fields

TEMPLATES: Final = Path(__file__).parent / "templates"
EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # equal content has equal bytes
_BROKEN: Final = (PackageNotFoundError, zipfile.BadZipFile, KeyError, LxmlError, ValueError)


class TemplateFault(ValueError):
    """A template that cannot be used; the message is for the clerk who edits it."""


def names() -> tuple[str, ...]:
    """Return the names of all documents, in the order of the process."""
    return tuple(CATALOGUE)


def get(name: str) -> Document:
    """Return a document's title and contract; raise KeyError for an unknown name."""
    return CATALOGUE[name]


def fields(name: str) -> tuple[Field, ...]:
    """Return a document's fields as (key, Chinese label, required, kind, parts, hint)."""
    return CATALOGUE[name].fields


def spoken(name: str, context: Mapping[str, Any]) -> dict[str, str]:
    """Return a context, open blanks and all, as text by Chinese name: for comparing versions."""
    return filling.spoken(CATALOGUE[name].fields, context)


def path_of(name: str) -> Path:
    """Return where the platform's own template of a document lies."""
    return TEMPLATES / f"{CATALOGUE[name].name}.docx"


def render(
    name: str,
    context: Mapping[str, Any],
    *,
    template: Path | bytes | None = None,
    comments: str = "",
) -> bytes:
    """Return the document as .docx; equal content has equal bytes.

    context : keyed as the document's contract says (`fields(name)`, `catalogue`).
    template : the bureau's own one instead of the platform's.
    comments : goes into the file's properties: who took it out and when.
    Raises `MissingField` (mandatory blanks would stay open), `TemplateFault` (the template is
    broken or asks for an unknown field), TypeError (the context breaks the contract).
    """
    document = CATALOGUE[name]
    values = filled(document.title, document.fields, context)
    sheet = _open(template if template is not None else path_of(name))
    try:
        sheet.render(values, Language(), autoescape=True)
    except UndefinedError as error:
        message = f"《{document.title}》的模板用了系统没有的字段：{error.message}"
        raise TemplateFault(message) from error
    except TemplateError as error:
        raise TemplateFault(str(error.message)) from error
    sheet.core_properties.comments = comments
    stream = io.BytesIO()
    sheet.save(stream)
    return repacked(stream.getvalue())


def _open(template: Path | bytes) -> DocxTemplate:
    sheet = DocxTemplate(io.BytesIO(template) if isinstance(template, bytes) else str(template))
    try:
        sheet.render_init()
    except _BROKEN as error:
        message = "文件不是有效的 Word 文档（.docx），请用 Word 或 WPS 另存为 .docx 后再上传"
        raise TemplateFault(message) from error
    return sheet


def repacked(content: bytes) -> bytes:
    """Return the same package with every time stamp set to one moment."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in source.namelist():
            part = zipfile.ZipInfo(name, EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            packed.writestr(part, source.read(name))
    return target.getvalue()


def used(template: Path | bytes) -> set[str]:
    """Return the fields a template prints or asks for, as "榜单编号" or "考核指标.指标名称".

    Raises `TemplateFault` for a file that is no .docx or goes beyond the template language.
    """
    language = Language()
    found: set[str] = set()
    try:
        for source in _sources(_open(template)):
            found |= used_fields(language.parse(source))
    except TemplateError as error:
        raise TemplateFault(str(error.message)) from error
    return {path.rstrip(".") for path in found} - {""}


def _sources(sheet: DocxTemplate) -> Iterator[str]:
    yield sheet.patch_xml(sheet.get_xml())
    for kind in (sheet.HEADER_URI, sheet.FOOTER_URI):
        for _key, part in sheet.get_headers_footers(kind):
            yield sheet.patch_xml(sheet.get_part_xml(part))
    properties = sheet.core_properties
    yield from (properties.author, properties.title, properties.subject, properties.comments)


def declared(fields: Iterable[Field], place: str = "") -> Iterator[tuple[str, Field]]:
    """Yield (path as in `used`, field) for every name a template may write."""
    for field in fields:
        for name in field.names:
            yield place + name, field
        if field.parts:
            yield from declared(field.parts, f"{place}{field.label}.")


def check(name: str, template: Path | bytes) -> list[str]:
    """Return what is wrong with a template of this document, in Chinese; empty when it may serve.

    It may not name unknown fields and must print every mandatory one (an amount in any form).
    """
    document = CATALOGUE[name]
    try:
        found = used(template)
    except TemplateFault as error:
        return [str(error)]
    known = dict(declared(document.fields))
    unknown = sorted(path for path in found if path not in known)
    faults = [f"系统没有“{path}”这个字段，请对照字段清单改正" for path in unknown]
    faults += [
        f"缺少必填字段“{label}”，请在模板中写上 {{{{ {label} }}}}"
        for label in _left_out(document.fields, found)
    ]
    return faults or _rehearse(document, template)


def _left_out(fields: Iterable[Field], found: set[str], place: str = "") -> Iterator[str]:
    for field in fields:
        asked = any(place + name in found for name in field.names)
        inner = any(one.startswith(f"{place}{field.label}.") for one in found)
        if field.required and not asked and not inner:
            yield place + field.label
        elif field.parts and inner:
            yield from _left_out(field.parts, found, f"{place}{field.label}.")


def _rehearse(document: Document, template: Path | bytes) -> list[str]:
    """Fill the template with stand-ins, then with the mandatory ones only; say what breaks."""
    for full in (True, False):
        sheet = _open(template)
        try:
            sheet.render(_stand_in(document.fields, full=full), Language(), autoescape=True)
            sheet.save(io.BytesIO())
        except TemplateError as error:
            return [f"模板无法生成文书：{error.message}"]
        except _BROKEN:
            return ["模板无法生成文书：循环或条件的起止没有放在成对的段落、行或单元格里"]
    return []


def _stand_in(fields: Iterable[Field], *, full: bool) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in fields:
        inner = _stand_in(field.parts, full=full)
        shown: dict[str, Any] = {"rows": [inner], "part": inner, "texts": [field.label]}
        shown |= {"grid": [[field.label]], "switch": True}
        empty: Any = [] if field.kind in LISTS else BLANK
        for name in field.names:
            values[name] = shown.get(field.kind, name) if full or field.required else empty
    return values
