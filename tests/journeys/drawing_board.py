"""The drawing board of the studio as a person uses it, with mouse and lists."""

from typing import Any

from playwright.sync_api import expect

SIZE = {"width": 1440, "height": 900}
FITS = "未发现问题：此图可以上线。"
"""What the check says of a drawing without faults."""


class Board:
    """One person before the board; every act answers the board, so that acts can be told one after another."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def open(self, key: str = "standard_case") -> "Board":
        """From the list of processes to the draft of one, which is begun where there is none."""
        self.page.goto("/studio/")
        self.page.click(f"section:has(#process-{key}) :is(.studio-draft a, .acts button)")
        return self.ready()

    def ready(self) -> "Board":
        """Wait until the drawing can be worked on."""
        self.page.wait_for_selector("#studio[data-ready=yes]")
        return self

    def choose(self, element: str) -> "Board":
        """Find an element by its name or id, as Ctrl+F does."""
        self.page.click("[data-tool=search]")
        field = self.page.locator(".djs-search-input input")
        # The field is there before it is the one that hears the keys.
        expect(field).to_be_focused()
        field.press_sequentially(element)
        expect(field).to_have_value(element)
        self.page.click(f".djs-search-result[data-result-id={element}]")
        return self

    def beside(self, act: str) -> "Board":
        """Press one of the buttons beside the chosen element."""
        self.page.click(f".djs-context-pad.open [data-action='{act}']")
        return self

    def connect(self, target: str) -> "Board":
        """Draw a line from the chosen element; the line is chosen then."""
        self.page.click("[data-tool=fit]")
        self.beside("connect")
        self.page.click(f"[data-element-id={target}] > .djs-hit", force=True)
        return self

    def place(self, template: str, x: float, y: float) -> list[str]:
        """Put a template into the drawing, at a place in the drawing's own measures; ids of its elements."""
        self.page.click("[data-tool=fit]")
        self.page.click(f".djs-palette [data-action='template.{template}']")
        self.page.mouse.move(*self._on_screen(x - 10, y - 10))
        self.page.mouse.move(*self._on_screen(x, y))
        self.page.mouse.click(*self._on_screen(x, y))
        self.page.wait_for_selector(".djs-element.selected")
        chosen = self.page.locator(".djs-element.selected")
        return list(chosen.evaluate_all("all => all.map(one => one.dataset.elementId)"))

    def set(self, entry: str, value: str | bool) -> "Board":
        """Answer one question of the panel."""
        control = self.page.locator(f"[data-entry-id='{entry}'] :is(select, input, textarea)").first
        control.scroll_into_view_if_needed()
        if control.evaluate("one => one.tagName") == "SELECT":
            control.select_option(value)
        elif control.get_attribute("type") == "checkbox":
            control.set_checked(bool(value))
        else:
            control.fill(value)
            control.press("Tab")
        return self

    def ask_for(self, fact: str, value: str) -> "Board":
        """Add to the chosen way that it is taken where ``fact`` is ``value``."""
        place = self.page.locator("[data-entry-id^=fact-]").count()
        self.page.click("button[data-entry-id=add]")
        return self.set(f"fact-{place}", fact).set(f"value-{place}", value)

    def saved(self) -> "Board":
        """Wait until everything is on the server and looked at."""
        self.page.click("[data-tool=save]")
        self.page.wait_for_selector("[data-part=state][data-kind=good]")
        self.page.wait_for_selector("[data-part=findings][data-looked=yes]", state="attached")
        return self

    def marked(self, element: str) -> bool:
        """Does a mark of the check stand beside this element?"""
        mark = f".djs-overlays[data-container-id={element}] .studio-mark-finding"
        return bool(self.page.locator(mark).count())

    @property
    def findings(self) -> str:
        """What the check says."""
        return str(self.page.inner_text("[data-part=findings]"))

    @property
    def element(self) -> str:
        """Id of the chosen element."""
        return str(self.page.input_value("[data-entry-id=id] input"))

    def _on_screen(self, x: float, y: float) -> tuple[float, float]:
        scale, left, top = self.page.locator("[data-part=canvas] .djs-container > svg > g.viewport").evaluate(
            "one => { const shown = one.getScreenCTM(); return [shown.a, shown.e, shown.f]; }"
        )
        return x * scale + left, y * scale + top
