"""Finance on the running system: a paid order is in an export that adds up, and the provider's statement agrees."""

import csv
import hashlib
import io
from datetime import date, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from demo.client import Client
from tests.flows.world import World, eventually

pytestmark = pytest.mark.system

CHINA = timezone(timedelta(hours=8))


def test_a_paid_order_is_exported_and_reconciled(world: World) -> None:
    finance, order = world.staff("finance"), paid_order(world)
    day = today()
    asked = finance.post(EXPORTS, {"first_day": f"{day}", "last_day": f"{day}", "reason": "flow"}).accepted()
    done = eventually(lambda: ended(finance, f"{EXPORTS}/{asked['export_id']}"))
    tables = {table["name"]: table for table in done["manifest"]["tables"]}
    files = {file["name"]: file for table in tables.values() for file in table["files"]}

    rows = csv_rows(fetched(finance, asked["export_id"], files[f"orders-{day:%Y%m%d}.csv"]))
    (row,) = [row for row in rows if row["订单号 order_id"] == order["order_id"]]
    assert (row["已付(元) paid"], row["状态 state"]) == (yuan(order["amount_fen"]), "已支付 paid")
    for name, table in tables.items():
        rows = csv_rows(fetched(finance, asked["export_id"], files[f"{name}-{day:%Y%m%d}.csv"]))
        assert len(rows) == table["rows"]
        money = {column: column.split()[-1] for column in rows[0] if "(元)" in column} if rows else {}
        for column, total in money.items():
            assert sum(int(row[column].replace(".", "") or 0) for row in rows) == table["totals_fen"][total]
    for document in done["manifest"]["documents"]:
        fetched(finance, asked["export_id"], document)

    learner = world.learner()
    link = f"{EXPORTS}/{asked['export_id']}/files/manifest-{day:%Y%m%d}.json"
    assert learner.get(link).code == "WRONG_ROLE"
    revenue = finance.get(f"/v1/orders/revenue?first_day={day}&last_day={day}").accepted()
    assert revenue["total"]["paid_fen"] >= tables["payments"]["totals_fen"]["amount"]

    body = {"provider": "wechat", "day": f"{day}", "reason": "flow"}
    check = finance.post(CHECKS, body).accepted()
    found = eventually(lambda: ended(finance, f"{CHECKS}/{check['reconciliation_id']}"))
    assert (found["state"], found["result"]["matched"]["payment"]["count"] >= 1) == ("done", True)
    references = {difference["reference"] for difference in found["result"]["differences"]}
    assert order["payment_number"] not in references


EXPORTS, CHECKS = "/v1/orders/exports", "/v1/orders/reconciliations"


def paid_order(world: World) -> dict[str, Any]:
    """A course, bought and paid at the sandbox by a new learner."""
    learner, course_id = world.learner(), world.publish()
    quote = {"course_ids": [course_id]}
    price = learner.post("/v1/orders/quotes", quote).accepted()["amount_fen"]
    order = learner.post("/v1/orders/orders", {**quote, "expected_fen": price}).accepted()
    path = f"/v1/orders/orders/{order['order_id']}/payments/wechat_native"
    payment = learner.send("PUT", path).accepted()
    paid = httpx.post(f"{payment['qr_content']}/pay")
    assert paid.status_code == 200
    eventually(lambda: learner.get(f"/v1/orders/payments/{payment['number']}").accepted()["state"] == "paid")
    return {**order, "amount_fen": price, "payment_number": payment["number"]}


def today() -> date:
    """In Shanghai."""
    return datetime.now(CHINA).date()


def ended(finance: Client, path: str) -> dict[str, Any] | None:
    """What was asked for, once it is not waiting any more."""
    found = finance.get(path).accepted()
    return None if found["state"] == "requested" else dict(found)


def fetched(finance: Client, export_id: str, file: dict[str, Any]) -> bytes:
    """A file by its link, which ends, and which holds what the manifest says."""
    link = finance.get(f"{EXPORTS}/{export_id}/files/{file['name']}").accepted()
    expires = httpx.URL(link["url"]).params.get("X-Amz-Expires")
    assert expires == "300"
    answer = httpx.get(link["url"])
    assert (answer.status_code, hashlib.sha256(answer.content).hexdigest()) == (200, file["sha256"])
    return answer.content


def csv_rows(content: bytes) -> list[dict[str, str]]:
    """Rows by their headings; without the quote that keeps spreadsheets from changing long numbers."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [{name: cell.removeprefix("'") for name, cell in row.items()} for row in rows]


def yuan(fen: int) -> str:
    """As exports write it."""
    return f"{fen // 100}.{fen % 100:02d}"
