"""What holds for every test: property tests have no deadline, and the same examples at every run of the CI."""

from __future__ import annotations

import os

from hypothesis import settings

# A deadline would make them tests of how busy the machine is.
settings.register_profile("tourdetable", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("tourdetable")
