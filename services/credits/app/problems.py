"""All refusals of the service, and those of each function."""

from services.credits.app.access.problems import ACCESS_PROBLEMS
from services.credits.app.advice.problems import COURSE_NOT_FOUND
from services.credits.app.allowances.problems import TOO_OFTEN
from services.credits.app.attestations.problems import DOCUMENT_PROBLEMS
from services.credits.app.awarding.problems import AWARDING_PROBLEMS
from services.credits.app.certificates.problems import CERTIFICATE_NOT_FOUND, CERTIFICATE_PROBLEMS
from services.credits.app.deadlines.problems import NO_DEADLINES
from services.credits.app.declarations.problems import DECLARATION_PROBLEMS
from services.credits.app.erasure.problems import OWN_ERASURE
from services.credits.app.ledger.problems import SPAN_TOO_LONG
from services.credits.app.lookups.problems import LOOKUP_PROBLEMS
from services.credits.app.pictures.problems import PICTURE_PROBLEMS
from services.credits.app.profiles.problems import PERSON_ERASED, PROFILE_PROBLEMS
from services.credits.app.push.problems import NOT_A_PUSH_SERVICE

RECORDS_PROBLEMS = (SPAN_TOO_LONG, PERSON_ERASED, *DECLARATION_PROBLEMS)
"""Of the function that keeps the records' way out: to auditors and to the certifying body."""

PEOPLE_PROBLEMS = (
    CERTIFICATE_NOT_FOUND,
    PERSON_ERASED,
    TOO_OFTEN,
    *LOOKUP_PROBLEMS,
    *PICTURE_PROBLEMS,
)
"""Of the function that finds learners and shows pictures of certificates."""

PROBLEMS = (
    COURSE_NOT_FOUND,
    *CERTIFICATE_PROBLEMS,
    *PROFILE_PROBLEMS,
    NO_DEADLINES,
    OWN_ERASURE,
    *AWARDING_PROBLEMS,
    SPAN_TOO_LONG,
    *DECLARATION_PROBLEMS,
    *DOCUMENT_PROBLEMS,
    *ACCESS_PROBLEMS,
    NOT_A_PUSH_SERVICE,
    TOO_OFTEN,
    *LOOKUP_PROBLEMS,
    *PICTURE_PROBLEMS,
)
"""All of the service, as its API's document lists them."""
