import pytest

from tests.browser import chromium


def test_there_is_a_browser():
    if chromium.PATH is None:
        pytest.skip("no Chromium here, so the board is not looked at (CHROMIUM=path)")
