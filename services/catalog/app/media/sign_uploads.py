"""Lets an editor put a lecture's missing files into the bucket."""

from dataclasses import dataclass, replace

from services.catalog.app.context import MediaContext
from services.catalog.app.media.manifest import Manifest, missing_files
from services.catalog.app.ports import Upload
from services.catalog.domain.ids import CourseId
from services.catalog.domain.media import MediaFile
from services.kit.call import Call
from services.kit.store import Change

BATCH = 200
"""Files signed at a time: their addresses stay far below the 6 MB that Lambda returns at most."""

AUDIT_ACTION = "catalog.media_uploads_signed"


@dataclass(frozen=True)
class Uploads:
    """Permissions for the next files, and how many are missing in all."""

    uploads: tuple[Upload, ...]
    missing: int


def sign_uploads(ctx: MediaContext, call: Call, course_id: CourseId, manifest: Manifest) -> Uploads:
    """Permissions to upload up to 200 missing files; safe to repeat until none is. Raises CONTENT_VERSION_WRONG."""
    manifest.check_version()
    missing = missing_files(ctx.bucket, manifest)
    if missing:
        reason = f"{len(missing)} files of {manifest.prefix}"
        ctx.store.commit(Change([ctx.audit.entry(call.caller, AUDIT_ACTION, course_id, reason)]))
    named = {handout.path: handout.disposition for handout in manifest.handouts}
    signed = [_signed(ctx, manifest, file, named.get(file.path)) for file in missing[:BATCH]]
    return Uploads(tuple(signed), len(missing))


def _signed(ctx: MediaContext, manifest: Manifest, file: MediaFile, disposition: str | None) -> Upload:
    folder, name = manifest.place(file.path)
    return replace(ctx.bucket.upload(folder, replace(file, path=name), disposition), path=file.path)
