"""A model of the practice that the booking engine is held against, step by step."""

import pytest

for module in ("beside", "making", "weekend"):
    pytest.register_assert_rewrite(f"{__name__}.{module}")
