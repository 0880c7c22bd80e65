"""Lets an editor put a lecture's missing files into the bucket."""

from dataclasses import dataclass

from services.catalog.app.manifest import Manifest, missing_files
from services.catalog.app.ports import MediaBucket, Upload
from services.kit.audit import AuditLog
from services.kit.identity import Principal
from services.kit.store import Change, Store

BATCH = 200
"""Files answered at a time: their signed addresses stay far below Lambda's 6 MB answer."""

AUDIT_ACTION = "catalog.media_uploads_signed"


@dataclass(frozen=True)
class Uploads:
    """Permissions for the next files, and how many are missing in all."""

    uploads: tuple[Upload, ...]
    missing: int


class UploadMedia:
    """Signs uploads of what is missing; safe to repeat until nothing is."""

    def __init__(self, store: Store, bucket: MediaBucket, audit: AuditLog) -> None:
        self._store = store
        self._bucket = bucket
        self._audit = audit

    def sign(self, editor: Principal, course_id: str, manifest: Manifest) -> Uploads:
        """Permissions to upload up to 200 missing files. Raises CONTENT_VERSION_WRONG."""
        manifest.check_version()
        missing = missing_files(self._bucket, manifest)
        if missing:
            reason = f"{len(missing)} files of {manifest.prefix}"
            entry = self._audit.entry(editor, AUDIT_ACTION, course_id, reason)
            self._store.commit(Change(writes=[entry]))
        signed = [self._bucket.upload(manifest.prefix, f.path, f.sha256, f.bytes) for f in missing[:BATCH]]
        return Uploads(tuple(signed), len(missing))
