"""Whether something keeps this machine's clock right, as the kernel tells it."""

import ctypes
import struct

MOST_OFF = 1.0  # seconds
_UNSYNCHRONISED = 5  # TIME_ERROR
_SIZE, _NANO = 256, 0x2000
_HEAD = "@i4xqqqqi"  # modes, offset, freq, maxerror, esterror, status


def clock_fault() -> str:
    """Return "" for a clock that is kept within a second, else what is wrong."""
    buffer = ctypes.create_string_buffer(_SIZE)
    try:
        state = ctypes.CDLL(None).adjtimex(buffer)
    except (OSError, AttributeError):
        return "the kernel does not tell"
    _modes, offset, _freq, _most, _estimated, status = struct.unpack_from(_HEAD, buffer.raw)
    seconds = offset / (1e9 if status & _NANO else 1e6)
    if state == _UNSYNCHRONISED:
        return "nothing keeps the clock right (NTP)"
    return f"off by {seconds:.3f} s" if abs(seconds) > MOST_OFF else ""
