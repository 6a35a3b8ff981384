"""Documents in Word: templates a clerk edits, filled from data, no blank left open.

Pure: no Flask, no SQLAlchemy. `render(name, context)` gives the .docx; what a context holds is
stated by the TypedDicts of `catalogue`. `archive.build` puts a whole project's files into one ZIP.
"""

from matchmaker.documents.catalogue import Document
from matchmaker.documents.fields import Field, MissingField
from matchmaker.documents.filling import as_date
from matchmaker.documents.rendering import (
    TemplateFault,
    check,
    fields,
    get,
    names,
    path_of,
    render,
    spoken,
)

__all__ = [
    "Document",
    "Field",
    "MissingField",
    "TemplateFault",
    "as_date",
    "check",
    "fields",
    "get",
    "names",
    "path_of",
    "render",
    "spoken",
]
