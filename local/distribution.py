"""Reads a distribution as CloudFront has it: which path goes to which origin, with which headers, and what is kept."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

TEXT_HEADERS = {
    "content-security-policy": "ContentSecurityPolicy",
    "x-frame-options": "FrameOptions",
    "referrer-policy": "ReferrerPolicy",
}
VALUE_OF = {"FrameOptions": "FrameOption"}


@dataclass(frozen=True)
class Origin:
    """Where a behaviour's requests go. `headers` are added to each request, under names in lower case."""

    domain: str
    path: str
    headers: tuple[tuple[str, str], ...]

    @property
    def api_id(self) -> str | None:
        """The HTTP API's id, if the origin is one."""
        found = re.match(r"(?:https?://)?([a-z0-9]+)\.execute-api\.", self.domain)
        return found.group(1) if found else None

    @property
    def bucket(self) -> str | None:
        """The bucket's name, if the origin is one."""
        found = re.match(r"([a-z0-9.-]+?)\.s3[.-]", self.domain)
        return found.group(1) if found else None


@dataclass(frozen=True)
class Chosen:
    """Which headers, cookies or query parameters a policy takes: all, none, those of these names, or all others."""

    behaviour: str
    names: frozenset[str] = frozenset()

    def takes(self, name: str) -> bool:
        """Whether that of this name is among them. Names of headers are in lower case."""
        match self.behaviour:
            case "none":
                return False
            case "whitelist":
                return name in self.names
            case "allExcept":
                return name not in self.names
        return True


NOTHING = Chosen("none")


@dataclass(frozen=True)
class Taken:
    """What of a request counts: for a cache's key, or for the origin."""

    headers: Chosen = NOTHING
    cookies: Chosen = NOTHING
    queries: Chosen = NOTHING


@dataclass(frozen=True)
class CachePolicy:
    """How long an answer is kept, in seconds: at least, where it says nothing, and at most. And for which requests."""

    min_s: float
    default_s: float
    max_s: float
    key: Taken = field(default_factory=Taken)


KEEPS_NOTHING = CachePolicy(0, 0, 0)


@dataclass(frozen=True)
class Behaviour:
    """One path pattern's rule."""

    pattern: str
    methods: frozenset[str]
    origin: Origin
    response_headers: tuple[tuple[str, str], ...] = ()
    key_groups: tuple[str, ...] = ()
    """Whose signed cookies open it; without any it is open to everybody."""
    pages: bool = False
    """Whether a function makes every path that is no file the client's first page (infra/stacks/spa.js)."""
    cache: CachePolicy = KEEPS_NOTHING
    forwards: Taken = field(default_factory=Taken)
    """What the origin sees of a request, beside what is in the key."""

    def matches(self, path: str) -> bool:
        """Whether the pattern covers the path: `*` any text, `?` any one character."""
        return _compiled(self.pattern).fullmatch(path.lstrip("/")) is not None


@dataclass(frozen=True)
class Distribution:
    """Behaviours in order of precedence; the last one is the default and matches everything."""

    behaviours: tuple[Behaviour, ...]
    errors_s: Mapping[int, float] = field(default_factory=dict)
    """For how long answers of these statuses are kept at least, where that is not as usual."""

    def behaviour(self, path: str) -> Behaviour:
        """The first behaviour that matches."""
        return next(b for b in self.behaviours if b.matches(path))


def at_emulator(header: str, endpoint_url: str) -> str:
    """A header's value with the addresses of buckets replaced by the emulator's, which local signed addresses have."""
    return re.sub(r"https://[a-z0-9.-]+\.s3[a-z0-9.-]*\.amazonaws\.com", endpoint_url, header)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(c) or re.escape(c) for c in pattern.lstrip("/")), re.DOTALL)


def read_distribution(cloudfront: Any, id_: str) -> Distribution:
    """A distribution with its policies, by a client of CloudFront."""
    config = cloudfront.get_distribution_config(Id=id_)["DistributionConfig"]
    origins = {origin["Id"]: _origin(origin) for origin in config["Origins"]["Items"]}
    policies = _Policies(cloudfront)
    rules = [*_items(config, "CacheBehaviors"), {**config["DefaultCacheBehavior"], "PathPattern": "*"}]
    errors = {e["ErrorCode"]: e["ErrorCachingMinTTL"] for e in _items(config, "CustomErrorResponses")}
    return Distribution(tuple(_behaviour(rule, origins, policies) for rule in rules), errors)


def _items(config: Mapping[str, Any], name: str) -> list[Any]:
    """What CloudFront lists under a name; it leaves out what is empty."""
    found: list[Any] = config.get(name, {}).get("Items", [])
    return found


def _origin(origin: Mapping[str, Any]) -> Origin:
    headers = tuple((h["HeaderName"].lower(), h["HeaderValue"]) for h in _items(origin, "CustomHeaders"))
    return Origin(origin["DomainName"], origin.get("OriginPath", ""), headers)


class _Policies:
    """The policies that behaviours name, each asked for once."""

    def __init__(self, cloudfront: Any) -> None:
        self.cache = cache(_asking(cloudfront.get_cache_policy, "CachePolicy"))
        self.forwarding = cache(_asking(cloudfront.get_origin_request_policy, "OriginRequestPolicy"))
        self.headers = cache(_asking(cloudfront.get_response_headers_policy, "ResponseHeadersPolicy"))


def _asking(ask: Callable[..., Any], kind: str) -> Callable[[str], Any]:
    """Asks for the configuration of a policy by its id."""
    return lambda id_: ask(Id=id_)[kind][f"{kind}Config"]


def _behaviour(rule: Mapping[str, Any], origins: Mapping[str, Origin], policies: _Policies) -> Behaviour:
    cached, forwarding, headers = (
        rule.get(f"{name}PolicyId") for name in ("Cache", "OriginRequest", "ResponseHeaders")
    )
    return Behaviour(
        rule["PathPattern"],
        frozenset(_items(rule, "AllowedMethods") or ["GET", "HEAD"]),
        origins[rule["TargetOriginId"]],
        tuple(_response_headers(policies.headers(headers))) if headers else (),
        tuple(_items(rule, "TrustedKeyGroups")),
        bool(_items(rule, "FunctionAssociations")),
        cache_policy(policies.cache(cached)) if cached else KEEPS_NOTHING,
        _taken(policies.forwarding(forwarding)) if forwarding else Taken(),
    )


def cache_policy(config: Mapping[str, Any]) -> CachePolicy:
    """A cache policy, from how CloudFront tells it."""
    key = _taken(config["ParametersInCacheKeyAndForwardedToOrigin"])
    return CachePolicy(config["MinTTL"], config["DefaultTTL"], config["MaxTTL"], key)


def _taken(config: Mapping[str, Any]) -> Taken:
    headers = _chosen(config["HeadersConfig"], "Header")
    lower = Chosen(headers.behaviour, frozenset(name.lower() for name in headers.names))
    return Taken(
        lower, _chosen(config["CookiesConfig"], "Cookie"), _chosen(config["QueryStringsConfig"], "QueryString")
    )


def _chosen(config: Mapping[str, Any], kind: str) -> Chosen:
    return Chosen(config[f"{kind}Behavior"], frozenset(_items(config, f"{kind}s")))


def _response_headers(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    security = config.get("SecurityHeadersConfig", {})
    for name, key in TEXT_HEADERS.items():
        if key in security:
            yield name, security[key][VALUE_OF.get(key, key)]
    if "ContentTypeOptions" in security:
        yield "x-content-type-options", "nosniff"
    if "StrictTransportSecurity" in security:
        yield "strict-transport-security", _transport_security(security["StrictTransportSecurity"])
    for header in _items(config, "CustomHeadersConfig"):
        yield header["Header"].lower(), header["Value"]


def _transport_security(settings: Mapping[str, Any]) -> str:
    parts = [f"max-age={settings['AccessControlMaxAgeSec']}"]
    parts += ["includeSubDomains"] if settings.get("IncludeSubdomains") else []
    parts += ["preload"] if settings.get("Preload") else []
    return "; ".join(parts)
