"""How loops are compiled, where numba is installed."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def jit(function: F) -> F:
    """Compile on first use and let other threads run meanwhile.

    numba keeps the result beside the source or, if that folder cannot be written, in the user's
    cache; failing both, it compiles in every process.
    """
    try:
        return cast("F", numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:
        return cast("F", numba.njit(nogil=True)(function))
