"""Work that is one step ahead: the next item is made while the one before is worked on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def one_ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items in order, each made in a second thread while the one before is worked on."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="mailbot-ahead") as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item
