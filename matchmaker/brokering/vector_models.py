"""整体语义: the vectors of texts, and the runs that work them out."""

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.extensions import Model


class TextVector(Model):
    """A text's vector by an encoder; known by the text alone, so that an edited one has none.

    vector : float16 values, least significant byte first; one zero where the text says nothing.
    seen_in : the last run over everything that met the text.
    """

    __tablename__ = "text_vector"
    encoder: Mapped[str] = mapped_column(String(16), primary_key=True)
    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    seen_in: Mapped[int] = mapped_column(default=0)


class VectorRun(Model):
    """A run over the texts of all standing rows, with its progress."""

    __tablename__ = "vector_run"
    __table_args__ = (CheckConstraint("done BETWEEN 0 AND total", name="progress"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    encoder: Mapped[str] = mapped_column(String(16))
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    computed: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
