"""Orders: memberships, claims and purchases; who may watch what."""

from constructs import Construct

from infra.stacks.finance import Finance
from infra.stacks.payments import Payments
from infra.stacks.service import Foundation, ServiceStack


class OrdersStack(ServiceStack):
    """Keeps its own view of the courses from catalog's events."""

    def __init__(self, scope: Construct, foundation: Foundation) -> None:
        super().__init__(scope, "orders", foundation)
        http = self.add_http_function("http")
        self.allow_write(http)
        self.allow_emit(http)
        consumer = self.add_consumer(["catalog.course_published.v1", "catalog.course_withdrawn.v1"])
        self.allow_write(consumer.function)
        payments = Payments(self)
        finance = Finance(self, payments)
        self.finish(
            {"http": http, **payments.http, **finance.http},
            consumer,
            *payments.consumers,
            *finance.consumers,
            schedules=[*payments.schedules, *finance.schedules],
        )
