"""What somebody reads on the page of reports, in their words."""

import csv
import io
import re
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.desk import Desk

PLAIN = {ord("\N{NO-BREAK SPACE}"): " ", ord("\N{EN DASH}"): "-"}


class Reports(Desk):
    """As the desk, of the reports."""

    def is_ready(self) -> None:
        """Everything that is asked for has come."""
        expect(self.page.locator("#read-at")).to_contain_text("Read ")
        expect(self.page.locator("section[aria-busy]")).to_have_count(0)

    @property
    def home(self) -> str:
        origin: str = self.page.evaluate("() => location.origin")
        return origin

    def report(self, title: str) -> Locator:
        return self.page.get_by_role("region", name=title).filter(
            has=self.page.get_by_role("heading", name=title)
        )

    def rows(self, title: str, table: int = 0) -> list[list[str]]:
        """The cells of a table, as they are read."""
        self.is_ready()
        found = self.report(title).locator("table").nth(table).locator("tbody tr")
        expect(found.first).to_be_visible()
        return [
            [text.translate(PLAIN) for text in row]
            for row in found.evaluate_all(
                "all => all.map((one) => [...one.cells].map((each) => each.innerText))"
            )
        ]

    def choose(self, title: str, label: str, words: str) -> None:
        self.report(title).get_by_label(label, exact=True).select_option(words)
        self.is_ready()

    def saved(self, title: str) -> list[dict[str, str]]:
        """What the link to a spreadsheet leads to."""
        link = self.report(title).get_by_role("link", name=re.compile("^CSV"))
        answer = self.page.request.get(link.evaluate("one => one.href"))
        text = answer.text().removeprefix("\ufeff")
        return list(csv.DictReader(io.StringIO(text)))

    def told(self, report: str, query: str) -> Any:
        """What the API says."""
        answer = self.page.request.get(f"{self.home}/api/v1/reports/{report}/?{query}")
        return answer.json()["results"]
