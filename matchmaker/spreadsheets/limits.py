from dataclasses import dataclass

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. Sizes in bytes, times in seconds.

    The compression ratio alone convicts nobody: an honest sheet that repeats one code label in
    every cell was measured at 33 and a terser writer passes 50, while everything that unpacks to
    little is harmless. So the ratio is judged only once more than `ratio_from_bytes` were
    unpacked; below that the absolute bounds protect. All of it is counted while unpacking, for
    the sizes in a zip header are the sender's own claim.
    """

    file_bytes: int = 20 * _MB
    entries: int = 200
    unpacked_bytes: int = 100 * _MB
    ratio: int = 50
    ratio_from_bytes: int = 64 * _MB
    columns: int = 200
    rows: int = 50_000
    cell_characters: int = 200_000
    memory_bytes: int = 640 * _MB
    cpu_seconds: int = 30
    wall_seconds: float = 60.0
