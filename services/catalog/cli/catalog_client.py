"""Talks to a running Xueshi: sign-in, and the editors' calls."""

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from typing import Any
from urllib.parse import urljoin

import httpx

from services.catalog.cli.package import Package
from services.catalog.domain.document import questions_digest, write_course

TIMEOUT_SECONDS = 30
ALREADY_THERE = 412
PARALLEL_UPLOADS = 4
TOTP = "SOFTWARE_TOKEN_MFA"


class Refusal(Exception):
    """The system said no. `problem` is its problem-details object, or what can be said instead."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(str(problem.get("code") or problem.get("detail") or "refused"))
        self.problem = problem


def sign_in(base_url: str, email: str, password: str, code: Callable[[], str]) -> str:
    """An access token of the user pool that /config.json names. Raises Refusal, httpx.HTTPError.

    `code` is asked for the second factor's, where the account has one.
    """
    with httpx.Client(timeout=TIMEOUT_SECONDS) as http:
        config = _checked(http.get(urljoin(base_url, "/config.json")))
        pool = partial(_cognito, http, urljoin(base_url, config["cognitoUrl"]), config["userPoolClientId"])
        parameters = {"USERNAME": email, "PASSWORD": password}
        answer = pool("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
        if answer.get("ChallengeName") == TOTP:
            responses = {"USERNAME": email, "SOFTWARE_TOKEN_MFA_CODE": code()}
            again = {"ChallengeName": TOTP, "Session": answer["Session"], "ChallengeResponses": responses}
            answer = pool("RespondToAuthChallenge", **again)
        return str(answer["AuthenticationResult"]["AccessToken"])


def _cognito(http: httpx.Client, url: str, client_id: str, action: str, **request: Any) -> dict[str, Any]:
    headers = {
        "X-Amz-Target": f"AWSCognitoIdentityProviderService.{action}",
        "Content-Type": "application/x-amz-json-1.1",
    }
    return _checked(http.post(url, headers=headers, json={"ClientId": client_id, **request}))


class CatalogClient:
    """The editors' calls."""

    def __init__(self, base_url: str, token: str) -> None:
        self._base_url = base_url
        headers = {"Authorization": f"Bearer {token}"}
        self._api = httpx.Client(base_url=base_url, timeout=TIMEOUT_SECONDS, headers=headers)
        self._storage = httpx.Client(timeout=TIMEOUT_SECONDS)

    def current(self, course_id: str) -> dict[str, Any] | None:
        """The current publication in the editor's form, or None where there is none yet."""
        answer = self._api.get(f"/v1/catalog/courses/{course_id}/publication")
        if answer.status_code == httpx.codes.NOT_FOUND and _problem(answer).get("code") == "COURSE_NOT_FOUND":
            return None
        return _checked(answer)

    def upload_missing(self, package: Package, progress: Callable[[int, int], None]) -> int:
        """Uploads what the bucket lacks; calls `progress(done, all)`. Returns how many files were uploaded."""
        request = {
            **_manifest(package),
            "content_id": package.course.content_id,
            "max_rate": str(package.course.max_rate),
            "questions_digest": questions_digest(package.course.questions),
        }
        sent: set[str] = set()
        address = f"/v1/catalog/courses/{package.course.course_id}/media-uploads"
        while True:
            answer = _checked(self._api.post(address, json=request))
            if not answer["uploads"]:
                return len(sent)
            total = len(sent) + answer["missing"]
            for path in self._put_all(answer["uploads"], package, sent):
                sent.add(path)
                progress(len(sent), total)

    def publish(
        self, package: Package, expected: int, reason: str, progress: Callable[[int, int], None]
    ) -> dict[str, Any]:
        """Publishes; `expected` is the publication that was compared with (0: none).

        Of a long lecture, each call checks some of the files; calls `progress(done, all)` after it.
        """
        course = write_course(package.course)
        course_id = course.pop("id")
        body = {"expected_publication": expected, "reason": reason, "course": course, "media": _manifest(package)}
        checked = -1
        while True:
            answer = self._api.put(f"/v1/catalog/courses/{course_id}", json=body)
            further = _problem(answer).get("checked", -1) if answer.status_code == httpx.codes.CONFLICT else -1
            if further <= checked:
                return _checked(answer)
            checked = further
            progress(checked, _problem(answer)["files"])

    def files(self, course_id: str) -> Iterator[tuple[str, bytes]]:
        """The stored files of what is published, by their path in its folder; one after another, as they are large."""
        address, after = f"/v1/catalog/courses/{course_id}/media-downloads", ""
        while after is not None:
            page = _checked(self._api.get(address, params={"after": after}))
            for file in page["files"]:
                yield file["path"], self._read(self._storage, file["url"])
            after = page["after"]

    def public_file(self, path: str) -> bytes:
        """What everybody may read."""
        return self._read(self._api, path)

    def _read(self, client: httpx.Client, url: str) -> bytes:
        answer = client.get(url)
        if not answer.is_success:
            raise Refusal(_problem(answer))
        return answer.content

    def withdraw(self, course_id: str, reason: str) -> dict[str, Any]:
        """Takes a course off the catalogue."""
        return _checked(self._api.post(f"/v1/catalog/courses/{course_id}/withdrawal", json={"reason": reason}))

    def _put_all(self, uploads: list[dict[str, Any]], package: Package, sent: Collection[str]) -> Iterator[str]:
        """Each file's path when it is there; several are on their way at a time."""
        again = [upload["path"] for upload in uploads if upload["path"] in sent]
        if again:
            raise _not_stored(again[0])
        with ThreadPoolExecutor(PARALLEL_UPLOADS) as pool:
            for upload, _ in zip(uploads, pool.map(lambda upload: self._put(upload, package), uploads), strict=True):
                yield upload["path"]

    def _put(self, upload: dict[str, Any], package: Package) -> None:
        path = upload["path"]
        answer = self._storage.put(upload["url"], headers=upload["headers"], content=package.content(path))
        if answer.status_code != ALREADY_THERE and not answer.is_success:
            raise Refusal({"detail": f"上传 {path} 失败", "detail_en": f"{path}: HTTP {answer.status_code}"})


def _not_stored(path: str) -> Refusal:
    detail_en = f"{path} was uploaded, but the bucket holds something else under its name"
    return Refusal({"detail": f"{path} 已上传，但存储中的同名文件与之不符", "detail_en": detail_en})


def _manifest(package: Package) -> dict[str, Any]:
    manifest: dict[str, Any] = {
        "content_version": package.version,
        "files": [{"path": f.path, "sha256": f.sha256, "bytes": f.bytes} for f in package.files],
        "captions": [{"language": c.language, "sha256": c.sha256, "bytes": c.bytes} for c in package.captions],
    }
    # A server of the release before knows none, and refuses what it does not know.
    if package.handouts:
        manifest["handouts"] = [{"name": h.name, "sha256": h.sha256, "bytes": h.bytes} for h in package.handouts]
    if package.pictures:
        manifest["pictures"] = [asdict(picture) for picture in package.pictures]
    return manifest


def _checked(answer: httpx.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise Refusal(_problem(answer))
    body: dict[str, Any] = answer.json()
    return body


def _problem(answer: httpx.Response) -> dict[str, Any]:
    """The problem details; the gateway's and the user pool's own answers (`message`) in the same form."""
    try:
        body: dict[str, Any] = answer.json()
    except ValueError:
        body = {}
    shown = body.get("message") or f"HTTP {answer.status_code}"
    return {"detail": shown, "detail_en": shown, **body}
