"""Invoices as finance deals with them."""

from playwright.sync_api import FilePayload, Locator

from local.seed import DOMAIN
from tests.e2e.learner import Desk, Window

CONTENT = b"%PDF-1.7\n%%EOF\n"
PDF = FilePayload(name="a.pdf", mimeType="application/pdf", buffer=CONTENT)


def number_of(order_id: str) -> str:
    """The number of the invoice of an order: 20 digits, as fully digital ones have."""
    return f"{int(order_id[-12:], 16) % 10**20:020}"


def found_by_finance(desk: Desk, order_id: str) -> tuple[Window, Locator]:
    """Finance's list of invoices, and the row of the order in it."""
    window = desk.window()
    window.enter(f"finance@{DOMAIN}", "/staff/finance?tab=invoices")
    return window, window.page.get_by_role("row").filter(has_text=order_id)
