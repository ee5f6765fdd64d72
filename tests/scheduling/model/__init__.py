"""A model of the practice that the booking engine is held against, step by step."""

import pytest

pytest.register_assert_rewrite(f"{__name__}.beside", f"{__name__}.weekend")
