"""How a request's files come in: through memory, never through a temporary file in the clear."""

import io
from typing import IO, Any

from flask import Request as FlaskRequest


class Request(FlaskRequest):
    """A request whose uploads stay in memory: `MAX_CONTENT_LENGTH` bounds them."""

    def _get_file_stream(self, *_args: Any, **_options: Any) -> IO[bytes]:
        return io.BytesIO()
