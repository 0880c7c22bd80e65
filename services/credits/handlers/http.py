"""What learners, administrators and auditors ask of the ledger."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from aws_lambda_powertools.utilities.typing import LambdaContext

from services.credits import bootstrap
from services.credits.app.awarding.review_award import Review, review_award
from services.credits.app.certificates import (
    Confirmation,
    Registration,
    Renewal,
    confirm_certificate,
    list_certificates,
    register_certificate,
    renew_certificate,
)
from services.credits.app.context import Context
from services.credits.app.ledger.read_account import read_account, read_timeline
from services.credits.app.problems import PROBLEMS
from services.credits.domain.credentials import Credential
from services.credits.handlers.routes.account_views import AccountAnswer, account_answer
from services.credits.handlers.routes.calendar import add_calendar_routes
from services.credits.handlers.routes.erasure import add_erasure_routes
from services.credits.handlers.routes.grants import add_grant_routes
from services.credits.handlers.routes.inbox import add_inbox_routes
from services.credits.handlers.routes.profile import add_profile_routes
from services.credits.handlers.routes.quota import add_quota_routes
from services.credits.handlers.routes.views import (
    CertificateAnswer,
    CertificatesAnswer,
    ConfirmRequest,
    LearnerId,
    RegisterRequest,
    RenewalRequest,
    ReviewAnswer,
    ReviewRequest,
    TimelineAnswer,
    certificate_answer,
    entry_answer,
)
from services.kit.days import civil_day
from services.kit.http import HttpApi, caller, correlation_id, secured
from services.kit.identity import Role


def build_api(ledger: Context, origin_secret: Callable[[bool], Mapping[str, str]]) -> HttpApi:
    """Every route of the ledger."""
    api = HttpApi("Xueshi credits", PROBLEMS, origin_secret)
    _add_account_routes(api.app, ledger)
    _add_certificate_routes(api.app, ledger)
    _add_staff_routes(api.app, ledger)
    _add_review_routes(api.app, ledger)
    add_profile_routes(api.app, ledger)
    add_quota_routes(api.app, ledger)
    add_grant_routes(api.app, ledger)
    add_inbox_routes(api.app, ledger.store)
    add_erasure_routes(api.app, ledger)
    add_calendar_routes(api.app, ledger)
    return api


def _add_account_routes(app: APIGatewayHttpResolver, ledger: Context) -> None:
    learner = secured(Role.LEARNER)

    @app.get("/v1/credits/account", summary="Hours per certificate and period", operation_id="read_account", **learner)
    def account() -> AccountAnswer:
        return account_answer(read_account(ledger, caller(app).id), civil_day(ledger.clock.now()))

    @app.get("/v1/credits/timeline", summary="Every entry, newest first", operation_id="read_timeline", **learner)
    def timeline() -> TimelineAnswer:
        return TimelineAnswer(entries=[entry_answer(entry) for entry in read_timeline(ledger, caller(app).id)])


def _add_certificate_routes(app: APIGatewayHttpResolver, ledger: Context) -> None:
    learner = secured(Role.LEARNER)
    path = "/v1/credits/certificates"

    @app.get(path, summary="The caller's certificates", operation_id="list_certificates", **learner)
    def certificates() -> CertificatesAnswer:
        return _certificates(ledger, caller(app).id)

    @app.post(
        path,
        status_code=201,
        summary="Register a certificate, or correct one not yet confirmed; safe to repeat",
        operation_id="register_certificate",
        **learner,
    )
    def register(request: Annotated[RegisterRequest, Body()]) -> CertificateAnswer:
        wanted = Registration(request.credential, request.number, request.period_start, request.valid_until)
        return certificate_answer(register_certificate(ledger, caller(app).id, wanted))


def _add_staff_routes(app: APIGatewayHttpResolver, ledger: Context) -> None:
    path = "/v1/credits/learners/<learner_id>/certificates"

    @app.get(
        path,
        summary="A learner's certificates",
        operation_id="list_learner_certificates",
        **secured(Role.ADMINISTRATOR, Role.AUDITOR),
    )
    def certificates_of(learner_id: Annotated[LearnerId, Path()]) -> CertificatesAnswer:
        return _certificates(ledger, learner_id)

    @app.post(
        f"{path}/<credential>/confirmation",
        summary="Confirm a certificate and release the hours held for it; safe to repeat",
        operation_id="confirm_certificate",
        **secured(Role.ADMINISTRATOR),
    )
    def confirm(
        learner_id: Annotated[LearnerId, Path()],
        credential: Annotated[Credential, Path()],
        request: Annotated[ConfirmRequest, Body()],
    ) -> CertificateAnswer:
        wanted = Confirmation(learner_id, credential, request.reason, request.revision)
        return certificate_answer(confirm_certificate(ledger, caller(app), wanted, correlation_id(app)))

    @app.post(
        f"{path}/<credential>/renewals",
        summary="Add days of validity to a confirmed certificate and release the hours that waited; safe to repeat",
        operation_id="renew_certificate",
        **secured(Role.ADMINISTRATOR),
    )
    def renew(
        learner_id: Annotated[LearnerId, Path()],
        credential: Annotated[Credential, Path()],
        request: Annotated[RenewalRequest, Body()],
    ) -> CertificateAnswer:
        days = (request.valid_from, request.valid_until)
        wanted = Renewal(learner_id, credential, *days, request.reason, request.revision)
        return certificate_answer(renew_certificate(ledger, caller(app), wanted, correlation_id(app)))


def _add_review_routes(app: APIGatewayHttpResolver, ledger: Context) -> None:
    path = "/v1/credits/learners/<learner_id>"

    @app.get(
        f"{path}/timeline",
        summary="A learner's ledger, newest entry first",
        operation_id="read_learner_timeline",
        **secured(Role.REVIEWER, Role.ADMINISTRATOR),
    )
    def timeline_of(learner_id: Annotated[LearnerId, Path()]) -> TimelineAnswer:
        return TimelineAnswer(entries=[entry_answer(entry) for entry in read_timeline(ledger, learner_id)])

    @app.post(
        f"{path}/awards/<number>/review",
        summary="Hold an award, let it stand again, or take it back; safe to repeat",
        operation_id="review_award",
        **secured(Role.REVIEWER, Role.ADMINISTRATOR),
    )
    def review(
        learner_id: Annotated[LearnerId, Path()],
        number: Annotated[int, Path(ge=1, le=9_999_999_999)],
        request: Annotated[ReviewRequest, Body()],
    ) -> ReviewAnswer:
        wanted = Review(learner_id, number, request.standing, request.reason)
        award, standing = review_award(ledger, caller(app), wanted, correlation_id(app))
        return ReviewAnswer(award=entry_answer(award), standing=standing)


def _certificates(ledger: Context, learner_id: str) -> CertificatesAnswer:
    found = list_certificates(ledger, learner_id)
    return CertificatesAnswer(certificates=[certificate_answer(certificate) for certificate in found])


@cache
def _api() -> HttpApi:
    return build_api(bootstrap.ledger(), bootstrap.origin_secret())


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)
