"""The overview: one page that says whether learners are well, what came in, and what drives the costs."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.constructs.alarm import Severity
from infra.constructs.dashboard import consumed
from infra.constructs.graphs import figure, graph, heading
from infra.constructs.metric import MINUTE, PERIOD, lags, own_metric, rates, watching, yuan
from infra.constructs.queues import depth_of
from infra.constructs.stage import StageStack
from infra.stacks.service import ServiceStack
from infra.stages import EDGE_REGION, Stage
from services.credits.app.metrics import AWARD_LAG, MAILS, WATCH_OUTCOMES
from services.credits.domain.ledger import Kind
from services.kit.metrics import FAILURES, FUNCTION, REFUSALS, Metric
from services.orders.app.metrics import ORDERS, PAYMENT_LAG, PAYMENTS, REFUNDED, REVENUE
from services.playback.app.metrics import COMPLETIONS, SESSIONS, WATCHED

RANGE = Duration.hours(3)


class OverviewStack(StageStack):
    """The dashboard `<prefix>-overview`."""

    def __init__(self, scope: Construct, stage: Stage, services: Sequence[ServiceStack]) -> None:
        super().__init__(scope, stage, "Overview", "Xueshi: the operators' overview")
        self._services = {stack.service: stack for stack in services}
        self._beat = f"{stage.prefix}-playback-beat"
        board = cloudwatch.Dashboard(
            self, "Dashboard", dashboard_name=f"{stage.prefix}-overview", default_interval=RANGE
        )
        board.add_widgets(*self._figures())
        board.add_widgets(self._pages())
        for title, rows in {
            "Learning": self._learning(),
            "Selling": self._selling(),
            "Going wrong": self._going_wrong(),
            "What drives the costs": self._costs(),
        }.items():
            board.add_widgets(heading(f"## {title}"))
            board.add_widgets(*rows)

    def _figures(self) -> list[cloudwatch.IWidget]:
        return [
            figure("Watching now", watching(self._own("playback", WATCHED))),
            figure("Completions", self._own("playback", COMPLETIONS), of_range=True),
            figure("Awards", self._awards(), of_range=True),
            figure("Paid orders", self._own("orders", PAYMENTS), of_range=True),
            figure("Revenue, yuan", yuan(self._own("orders", REVENUE), "in"), of_range=True),
            figure("Dead letters", self._dead_letters()),
        ]

    def _pages(self) -> cloudwatch.AlarmStatusWidget:
        """All alarms that call somebody at night. By name: other stacks have them."""
        alarms: list[cloudwatch.IAlarm] = []
        for stack in self._services.values():
            for made in stack.node.find_all():
                if isinstance(made, cloudwatch.CfnAlarm | cloudwatch.CfnCompositeAlarm) and _pages(made):
                    alarms.append(self._alarm_named(str(made.alarm_name)))
        return cloudwatch.AlarmStatusWidget(title="Alarms that page", alarms=alarms, width=24, height=4)

    def _alarm_named(self, name: str) -> cloudwatch.IAlarm:
        return cloudwatch.Alarm.from_alarm_name(self, f"Alarm-{name}", name)

    def _learning(self) -> list[cloudwatch.IWidget]:
        return [
            graph("Learners watching", [watching(self._own("playback", WATCHED))], width=6),
            graph("Beats a second", [self._beats()], width=6),
            graph(
                "Sessions, completions, awards",
                [self._own("playback", SESSIONS), self._own("playback", COMPLETIONS), self._awards()],
                width=6,
            ),
            graph("From completion to ledger", lags(self, "credits", AWARD_LAG), unit="ms", width=6),
        ]

    def _selling(self) -> list[cloudwatch.IWidget]:
        money = [yuan(self._own("orders", REVENUE), "in"), yuan(self._own("orders", REFUNDED), "back")]
        return [
            graph("Orders and payments", [self._own("orders", ORDERS), self._own("orders", PAYMENTS)]),
            graph("Revenue and refunds", money, unit="yuan"),
            graph("From payment to entitlement", lags(self, "orders", PAYMENT_LAG), unit="ms"),
        ]

    def _going_wrong(self) -> list[cloudwatch.IWidget]:
        faults = {
            name: (stack.api.metric_server_error(period=PERIOD), stack.api.metric_count(period=PERIOD))
            for name, stack in self._services.items()
        }
        refused = own_metric(self, "playback", REFUSALS, PERIOD, **{FUNCTION: self._beat})
        beats = {"refused": (refused, self._calls()), "failed": (self._lambda("Errors"), self._calls())}
        return [
            graph("Requests answered with 5xx", rates(faults), unit="%", width=6),
            graph("Beats that were not taken", rates(beats), unit="%", width=6),
            graph(
                "Errors nobody has foreseen",
                [own_metric(self, name, FAILURES, label=name) for name in self._services],
                width=6,
            ),
            graph("Dead letters", [self._dead_letters()], width=6),
        ]

    def _costs(self) -> list[cloudwatch.IWidget]:
        stacks = self._services.items()
        return [
            graph("Requests to the APIs", [s.api.metric_count(period=PERIOD, label=n) for n, s in stacks], width=6),
            graph("Write units", [self._consumed(name, "Write") for name in self._services], width=6),
            graph("Read units", [self._consumed(name, "Read") for name in self._services], width=6),
            graph(
                "Files and mails",
                [
                    _requests_to_distributions(),
                    own_metric(self, "credits", MAILS, label="mails", outcome="sent"),
                ],
                width=6,
            ),
        ]

    def _consumed(self, service: str, kind: str) -> cloudwatch.Metric:
        return consumed(f"{self.stage.prefix}-{service}", kind, service)

    def _own(self, service: str, metric: Metric) -> cloudwatch.Metric:
        return own_metric(self, service, metric, PERIOD)

    def _awards(self) -> cloudwatch.Metric:
        return own_metric(self, "credits", WATCH_OUTCOMES, label="Awards", kind=Kind.AWARD.value)

    def _lambda(self, name: str) -> cloudwatch.Metric:
        dimensions = {"FunctionName": self._beat}
        return cloudwatch.Metric(
            namespace="AWS/Lambda", metric_name=name, dimensions_map=dimensions, statistic="Sum", period=PERIOD
        )

    def _calls(self) -> cloudwatch.Metric:
        return self._lambda("Invocations")

    def _beats(self) -> cloudwatch.IMetric:
        return cloudwatch.MathExpression(
            expression="calls / PERIOD(calls)",
            using_metrics={"calls": self._calls()},
            label="beats",
            period=PERIOD,
        )

    def _dead_letters(self) -> cloudwatch.IMetric:
        # By name, so that nothing in the services' stacks is held by this one.
        names = [queue.name for stack in self._services.values() for queue in stack.dead_letters]
        depths = {f"q{number}": depth_of(name) for number, name in enumerate(names)}
        return cloudwatch.MathExpression(
            expression="SUM(METRICS())", using_metrics=depths, label="dead letters", period=MINUTE
        )


def _requests_to_distributions() -> cloudwatch.MathExpression:
    """A search, since the distribution's stack comes after this one. CloudFront tells its metrics in one region."""
    search = """SEARCH('{AWS/CloudFront,DistributionId,Region} MetricName="Requests"', 'Sum')"""
    return cloudwatch.MathExpression(
        expression=search, using_metrics={}, label="distribution", period=PERIOD, search_region=EDGE_REGION
    )


def _pages(alarm: cloudwatch.CfnAlarm | cloudwatch.CfnCompositeAlarm) -> bool:
    told = str(alarm.alarm_description).startswith(Severity.PAGE.value.capitalize())
    return told and bool(alarm.alarm_actions)
