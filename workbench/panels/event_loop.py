"""The loop on which a kernel answers: work handed to it never meets another callback halfway."""

import asyncio


def kernel_loop() -> asyncio.AbstractEventLoop | None:
    """Return the loop that runs here, or None in a script or on another thread."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
