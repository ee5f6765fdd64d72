"""What a therapist sees and does on their own pages, in their words."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.desk import Desk


class OwnPages(Desk):
    """As the desk, of one's own."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.dialog = page.locator("dialog[open]").last

    def is_ready(self) -> None:
        """The week is there."""
        self.page.wait_for_selector(".ec-main, .day-of-week")

    def go(self, label: str) -> None:
        links = self.page.get_by_role("navigation", name="My pages")
        links.get_by_role("link", name=label, exact=True).click()
        expect(links.locator("[aria-current=page]")).to_have_text(label)

    def row(self, text: str | re.Pattern[str]) -> Locator:
        return self.page.locator(".rows > li", has_text=text)
