"""One newspaper for all tests that only read from it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tourdetable.newspaper import Newspaper


@pytest.fixture(scope="module")
def paper() -> Iterator[Newspaper]:
    with Newspaper() as running:
        yield running
