"""On threads: results in order, of which only so many are in memory at a time."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from workbench.media import sandbox

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    room: Callable[[], int],
    *,
    workers: int,
    name: str = "work",
) -> Generator[Result, None, None]:
    """Call ``work`` on each item, on ``workers`` threads called ``name``; yield the results in order.

    ``room()`` is asked before each result how many calls may be begun and not yet handed over, 1 or more.
    Close the generator when stopping early: calls not begun are dropped, and the threads have ended.
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix=name)
    waiting: deque[Future[Result]] = deque()
    remaining = iter(items)
    try:
        while True:
            for item in islice(remaining, room() - len(waiting)):
                waiting.append(pool.submit(work, item))
            if not waiting:
                return
            yield waiting.popleft().result()
    except BaseException:
        sandbox.stop()  # a thread may wait for it, and we for the thread
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
