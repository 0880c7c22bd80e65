"""What is drawn. A function of its own, as only it carries fonts and Typst."""

from services.credits import bootstrap
from services.credits.app.attestations.problems import DOCUMENT_PROBLEMS
from services.credits.app.context import DocumentsContext
from services.credits.handlers.routes.attestations import add_attestation_routes
from services.credits.handlers.routes.transcripts import add_pdf_routes
from services.kit.http import HttpApi
from services.kit.origin import OriginSecret
from services.kit.wiring.http import http_function


def build_api(ctx: DocumentsContext, origin_secret: OriginSecret) -> HttpApi:
    """Every route of this function."""
    api = HttpApi("Xueshi credits", DOCUMENT_PROBLEMS, origin_secret, function="documents")
    add_attestation_routes(api, ctx)
    add_pdf_routes(api, ctx)
    return api


handler = http_function(lambda secret: build_api(bootstrap.documents(), secret))
