"""What editors do: upload media, publish, withdraw."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from services.catalog import bootstrap
from services.catalog.app.manifest import Manifest
from services.catalog.app.problems import EDITOR_PROBLEMS
from services.catalog.app.publish_course import PublishCourse, Publisher
from services.catalog.app.read_courses import ReadCourses
from services.catalog.app.upload_media import UploadMedia
from services.catalog.app.withdraw_course import Withdrawer
from services.catalog.domain.media import Caption, MediaFile
from services.catalog.handlers.models import (
    CurrentPublication,
    EditorsCourses,
    Identifier,
    MediaManifest,
    PublishAnswer,
    PublishRequest,
    SignedUpload,
    UploadAnswer,
    UploadRequest,
    WithdrawalAnswer,
    WithdrawalRequest,
)
from services.catalog.handlers.pages import current_publication, editors_courses, publish_answer
from services.kit.http import HttpApi, caller, correlation_id, secured
from services.kit.identity import Role

MAX_BODY_BYTES = 1024 * 1024
"""A course's text (256 KB) and a list of 3000 media files."""

MAX_LISTED = 50


def build_api(
    courses: ReadCourses,
    uploads: UploadMedia,
    publisher: Publisher,
    withdrawer: Withdrawer,
    origin_secret: Callable[[bool], Mapping[str, str]],
) -> HttpApi:
    """The editors' routes."""
    api = HttpApi("Xueshi catalog", EDITOR_PROBLEMS, origin_secret, MAX_BODY_BYTES)
    app = api.app
    editor = secured(Role.EDITOR, function="editor")

    @app.get(
        "/v1/catalog/publications",
        operation_id="list_publications",
        summary="Every course that was ever published, as it stands, a page at a time",
        **editor,
    )
    def list_publications(
        after: Annotated[str, Query(pattern=r"^[a-z0-9-]{0,64}$", description="the earlier page's `after`")] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = 20,
    ) -> EditorsCourses:
        return editors_courses(courses.editors_page(after, limit))

    @app.get(
        "/v1/catalog/courses/<course_id>/publication",
        operation_id="read_publication",
        summary="The current publication in the editor's form, never cached",
        **editor,
    )
    def read_publication(course_id: Annotated[Identifier, Path()]) -> CurrentPublication:
        return current_publication(courses.current(course_id))

    @app.post(
        "/v1/catalog/courses/<course_id>/media-uploads",
        operation_id="upload_media",
        summary="Ask to upload what is missing of a lecture",
        **editor,
    )
    def upload_media(
        course_id: Annotated[Identifier, Path()], request: Annotated[UploadRequest, Body()]
    ) -> UploadAnswer:
        manifest = Manifest(
            request.content_id,
            request.content_version,
            round(Decimal(request.max_rate), 1),
            _files(request),
            _captions(request),
            request.questions_digest,
        )
        found = uploads.sign(caller(app), course_id, manifest)
        signed = [SignedUpload(path=u.path, url=u.url, headers=dict(u.headers)) for u in found.uploads]
        return UploadAnswer(uploads=signed, missing=found.missing)

    @app.put(
        "/v1/catalog/courses/<course_id>",
        operation_id="publish_course",
        summary="Publish a course; safe to repeat",
        **editor,
    )
    def publish_course(
        course_id: Annotated[Identifier, Path()], request: Annotated[PublishRequest, Body()]
    ) -> PublishAnswer:
        command = PublishCourse(
            editor=caller(app),
            document=request.course.document(course_id),
            version=request.media.content_version,
            files=_files(request.media),
            captions=_captions(request.media),
            expected=request.expected_publication,
            reason=request.reason,
            correlation_id=correlation_id(app),
        )
        published = publisher.publish(command)
        return publish_answer(published.publication, changed=published.changed)

    @app.post(
        "/v1/catalog/courses/<course_id>/withdrawal",
        operation_id="withdraw_course",
        summary="Take a course off the catalogue; safe to repeat",
        **editor,
    )
    def withdraw_course(
        course_id: Annotated[Identifier, Path()], request: Annotated[WithdrawalRequest, Body()]
    ) -> WithdrawalAnswer:
        done = withdrawer.withdraw(caller(app), course_id, request.reason, correlation_id(app))
        return WithdrawalAnswer(
            course_id=course_id, publication=done.number, withdrawn_at=done.withdrawn_at, changed=done.changed
        )

    return api


@cache
def _api() -> HttpApi:
    return build_api(
        ReadCourses(bootstrap.store()),
        bootstrap.uploads(),
        bootstrap.publisher(),
        bootstrap.withdrawer(),
        bootstrap.origin_secret(),
    )


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request."""
    return _api().handle(event, context)


def _files(manifest: MediaManifest) -> tuple[MediaFile, ...]:
    return tuple(MediaFile(file.path, file.sha256, file.bytes) for file in manifest.files)


def _captions(manifest: MediaManifest) -> tuple[Caption, ...]:
    return tuple(Caption(c.language, c.sha256, c.bytes) for c in manifest.captions)
