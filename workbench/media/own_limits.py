"""The limits that a process which decodes strange files puts on itself."""

import os
from pathlib import Path

_SPARE = 5  # seconds of processor time more than the wall-clock limit of the parent, should it be gone


def memory() -> int:
    """Return the bytes of address space in use."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 2**30


def limit(used: int, more: int, seconds: int) -> None:
    """Limit this process to ``more`` bytes of memory than are ``used``, and to seconds of processor time."""
    try:
        import resource
    except ImportError:  # Windows has none: the parent's clock is left
        return
    spent = resource.getrusage(resource.RUSAGE_SELF)
    limits = {
        resource.RLIMIT_AS: used + max(more, 64 * 2**20),
        resource.RLIMIT_CPU: int(spent.ru_utime + spent.ru_stime) + seconds + _SPARE,
    }
    for kind, soft in limits.items():
        try:
            resource.setrlimit(kind, (soft, resource.getrlimit(kind)[1]))
        except (OSError, ValueError):
            continue
