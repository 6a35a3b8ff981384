"""Spreadsheets in and out: foreign tables read safely, our own written harmlessly.

Pure: no Flask, no SQLAlchemy. The way in: `open_table` or `read_table`, `match_headings`,
`parse_row`, `compare_row`. The way out: `write_workbook`, `write_csv`, `write_template`.
"""

from .cells import CellError, ParsedRow, Value, parse_cell, parse_row
from .comparing import Comparison, FieldChange, RowStatus, compare_row
from .fields import FieldKind, FieldSpec
from .folding import fold_heading
from .headings import ColumnMapping, UnknownColumn, match_headings
from .limits import Limits
from .reading import Cell, Row, Table, TableHead, TableStream, open_table, read_table
from .refusals import Refusal, SpreadsheetError
from .template import write_template
from .texts import UnreadableError
from .writing import Column, Sheet, Watermark, write_csv, write_workbook

__all__ = [
    "Cell",
    "CellError",
    "Column",
    "ColumnMapping",
    "Comparison",
    "FieldChange",
    "FieldKind",
    "FieldSpec",
    "Limits",
    "ParsedRow",
    "Refusal",
    "Row",
    "RowStatus",
    "Sheet",
    "SpreadsheetError",
    "Table",
    "TableHead",
    "TableStream",
    "UnknownColumn",
    "UnreadableError",
    "Value",
    "Watermark",
    "compare_row",
    "fold_heading",
    "match_headings",
    "open_table",
    "parse_cell",
    "parse_row",
    "read_table",
    "write_csv",
    "write_template",
    "write_workbook",
]
