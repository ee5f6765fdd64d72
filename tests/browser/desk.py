"""What somebody at the front desk sees and does, in their words."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()


class Desk:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.dialog = page.locator("dialog[open]")
        self.notes = page.locator("#notes")

    def is_ready(self) -> None:
        self.page.wait_for_selector(".ec-main")
        expect(self.page.locator("#work-count")).not_to_have_text("…")

    def card(self, client: str) -> Locator:
        return self.page.locator(".ec-event:not(.ec-preview)", has_text=client)

    def open(self, client: str) -> Locator:
        self.card(client).click()
        expect(self.dialog).to_be_visible()
        return self.dialog

    def press(self, name: str) -> None:
        """Press a button of the dialog, or else of the page."""
        place = self.dialog if self.dialog.count() else self.page.locator("body")
        place.get_by_role("button", name=name, exact=True).click()

    def column(self, title: str, subtitle: str) -> Any:
        """Where a column is on the screen."""
        heads = self.page.locator(".column-head")
        names = heads.all_inner_texts()
        [index] = [
            number
            for number, text in enumerate(names)
            if text.split() == f"{title} {subtitle}".split()
        ]
        return self.page.locator(".ec-body .ec-day").nth(index).bounding_box()

    def half_hour(self) -> float:
        """Its height on the screen."""
        grid = self.page.locator(".ec-main")
        height = grid.evaluate("one => one.style.getPropertyValue('--ec-slot-height')")
        return float(height.removesuffix("px"))

    def click_free(self, title: str, subtitle: str, half_hours: int) -> None:
        """Click a place, so many half hours below eight o'clock."""
        box = self.column(title, subtitle)
        y = box["y"] + half_hours * self.half_hour() + 5
        self.page.mouse.click(box["x"] + 20, y)
        expect(self.dialog).to_be_visible()

    def drag(
        self, client: str, *, half_hours: int = 0, to: tuple[str, str] | None = None
    ) -> None:
        self.drag_card(self.card(client), half_hours, to)

    def drag_card(
        self, card: Locator, half_hours: int, to: tuple[str, str] | None = None
    ) -> None:
        box: Any = card.bounding_box()
        x, y = box["x"] + 15, box["y"] + 8
        goal = x if to is None else self.column(*to)["x"] + 15
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + 4, y + 8, steps=2)
        mouse.move(goal, y + half_hours * self.half_hour(), steps=6)
        mouse.up()

    def has_no_barriers(self) -> None:
        """No violation of WCAG's levels A and AA that a program can find."""
        found = self.page.evaluate(
            f"() => {{ {AXE}; return axe.run({{runOnly: "
            "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}); }"
        )
        told = [
            f"{each['id']} {len(each['nodes'])}: {each['nodes'][0]['html'][:300]}"
            for each in found["violations"]
        ]
        assert told == [], "\n".join(told)
