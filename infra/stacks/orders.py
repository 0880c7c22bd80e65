"""Orders: memberships, claims and purchases; who may watch what."""

from constructs import Construct

from infra.stacks.finance import Finance
from infra.stacks.orders_watched import add_alarms, graphs
from infra.stacks.payments import Payments
from infra.stacks.service import Foundation, ServiceStack


class OrdersStack(ServiceStack):
    """Keeps a view of courses from catalog's events, settles refunds by answers, and erases whom credits names."""

    def __init__(self, scope: Construct, foundation: Foundation) -> None:
        super().__init__(scope, "orders", foundation)
        http = self.add_http_function("http")
        self.allow_write(http)
        self.allow_emit(http)
        # How many courses stand, in one request.
        self.allow_batch(http)
        aftersale = self.add_http_function("aftersale")
        self.allow_write(aftersale)
        self.allow_emit(aftersale)
        types = [
            "catalog.course_published.v1",
            "catalog.course_withdrawn.v1",
            "playback.entitlement_revocation_decided.v1",
            "credits.watches_reversed.v1",
            "credits.person_erased.v1",
        ]
        consumer = self.add_consumer(types)
        self.allow_write(consumer.function)
        self.allow_emit(consumer.function)
        payments = Payments(self)
        finance = Finance(self, payments)
        finance.open_invoices(aftersale)
        add_alarms(self)
        self.finish(
            {"http": http, "aftersale": aftersale, **payments.http, **finance.http},
            consumer,
            *payments.consumers,
            *finance.consumers,
            schedules=[*payments.schedules, *finance.schedules],
            graphs=graphs(self),
        )
