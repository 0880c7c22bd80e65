"""The files of lectures, for editors."""

from decimal import Decimal
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field, StrictInt, StrictStr

from services.catalog.app.context import ProductionContext
from services.catalog.app.media.list_files import list_files
from services.catalog.app.media.manifest import Manifest
from services.catalog.app.media.sign_uploads import sign_uploads
from services.catalog.domain.handouts import MAX_HANDOUT_BYTES, MAX_HANDOUTS, MAX_NAME, NAME_PATTERN, Handout
from services.catalog.domain.media import (
    FILE_PATTERN,
    LANGUAGE_PATTERN,
    MAX_CAPTION_BYTES,
    MAX_CAPTIONS,
    MAX_FILE_BYTES,
    MAX_FILES,
    VERSION_LENGTH,
    Caption,
    MediaFile,
)
from services.catalog.domain.pictures import MAX_PICTURE_BYTES, MAX_PICTURES, Picture
from services.catalog.handlers.routes.fields import ContentId, CourseId, Digits
from services.kit.bodies import Answer, Request
from services.kit.http import HttpApi
from services.kit.identity import Role

MAX_LISTED = 200
"""Files in a page of what is stored."""

AfterPath = Annotated[str, Query(pattern=r"^[A-Za-z0-9_./-]{0,200}$", description="the earlier page's `after`")]
Sha256 = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{64}$")]
Version = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]+$", min_length=VERSION_LENGTH, max_length=VERSION_LENGTH)]


class FileEntry(Request):
    """A media file by its path in the lecture's folder."""

    path: StrictStr = Field(pattern=rf"^{FILE_PATTERN}$", max_length=120)
    sha256: Sha256
    bytes: StrictInt = Field(ge=1, le=MAX_FILE_BYTES)


class CaptionEntry(Request):
    """A WebVTT file, which is stored under its content's name."""

    language: StrictStr = Field(pattern=rf"^{LANGUAGE_PATTERN}$", max_length=12)
    sha256: Sha256
    bytes: StrictInt = Field(ge=1, le=MAX_CAPTION_BYTES)


class HandoutEntry(Request):
    """A file to be downloaded by who may watch, under the name that people see."""

    name: StrictStr = Field(pattern=rf"^{NAME_PATTERN}$", max_length=MAX_NAME)
    sha256: Sha256
    bytes: StrictInt = Field(ge=1, le=MAX_HANDOUT_BYTES)


class PictureEntry(Request):
    """A picture that everybody may see: an instructor's portrait, or the course's cover (null)."""

    instructor: StrictStr | None = Field(default=None, min_length=1, max_length=100)
    ending: Literal["jpg", "png", "webp"]
    sha256: Sha256
    bytes: StrictInt = Field(ge=1, le=MAX_PICTURE_BYTES)


class MediaManifest(Request):
    """Every file of a lecture, and the version that what is watched of them makes."""

    content_version: Version
    files: list[FileEntry] = Field(min_length=1, max_length=MAX_FILES)
    captions: list[CaptionEntry] = Field(default=[], max_length=MAX_CAPTIONS)

    handouts: list[HandoutEntry] = Field(default=[], max_length=MAX_HANDOUTS)
    pictures: list[PictureEntry] = Field(default=[], max_length=MAX_PICTURES)

    def media_files(self) -> tuple[MediaFile, ...]:
        """The files as the domain knows them."""
        return tuple(MediaFile(file.path, file.sha256, file.bytes) for file in self.files)

    def subtitles(self) -> tuple[Caption, ...]:
        """The captions as the domain knows them."""
        return tuple(Caption(c.language, c.sha256, c.bytes) for c in self.captions)

    def files_to_take(self) -> tuple[Handout, ...]:
        """The handouts as the domain knows them."""
        return tuple(Handout(h.name, h.sha256, h.bytes) for h in self.handouts)

    def shown_pictures(self) -> tuple[Picture, ...]:
        """The pictures as the domain knows them."""
        return tuple(Picture(p.instructor, p.ending, p.sha256, p.bytes) for p in self.pictures)


class UploadRequest(MediaManifest):
    """Asks to upload what is missing of a lecture."""

    content_id: ContentId
    max_rate: Digits
    questions_digest: StrictStr = Field(
        default="", pattern=r"^([0-9a-f]{64})?$", description="SHA-256 over the course's questions; empty without any"
    )


class SignedUpload(Answer):
    """An HTTP PUT to `url` with exactly these headers, within 15 minutes. 412 says that the file is there already."""

    path: str
    url: str
    headers: dict[str, str]


class UploadAnswer(Answer):
    """The next uploads; ask again while `missing` is more than these."""

    uploads: list[SignedUpload]
    missing: int


class StoredFileAnswer(Answer):
    """A file by its path in the lecture's folder; `url` is good for an hour."""

    path: str
    bytes: int
    url: str


class DownloadAnswer(Answer):
    """A page of the files in the folder of what is published, in the order of paths."""

    files: list[StoredFileAnswer]
    after: str | None = Field(description="begins the next page; null on the last")


def add_media_routes(api: HttpApi, ctx: ProductionContext) -> None:
    """Uploading, and taking back out."""

    @api.secured(Role.EDITOR).route("GET /v1/catalog/courses/<course_id>/media-downloads", "download_media")
    def download(
        course_id: CourseId,
        after: AfterPath = "",
        limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = MAX_LISTED,
    ) -> DownloadAnswer:
        """The files of what is published, to keep them as a package."""
        page = list_files(ctx, course_id, after, limit)
        return DownloadAnswer.of(page, files=page.items)

    @api.secured(Role.EDITOR).route("POST /v1/catalog/courses/<course_id>/media-uploads", "upload_media")
    def upload(course_id: CourseId, request: UploadRequest) -> UploadAnswer:
        """Ask to upload what is missing of a lecture."""
        manifest = Manifest(
            request.content_id,
            request.content_version,
            round(Decimal(request.max_rate), 1),
            request.media_files(),
            request.subtitles(),
            request.questions_digest,
            request.files_to_take(),
            request.shown_pictures(),
        )
        return UploadAnswer.of(sign_uploads(ctx, api.call(), course_id, manifest))
