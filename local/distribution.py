"""Reads the CDN distribution of the edge stack's template: which path goes to which origin, with which headers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from local.assembly import Template, of_type
from local.emulator import ACCOUNT, REGION

OWN = "resource:"
"""What a reference to a resource of the edge stack itself evaluates to: it is not deployed here."""

TEXT_HEADERS = {
    "content-security-policy": "ContentSecurityPolicy",
    "x-frame-options": "FrameOptions",
    "referrer-policy": "ReferrerPolicy",
}
VALUE_OF = {"FrameOptions": "FrameOption"}


@dataclass(frozen=True)
class Origin:
    """Where a behaviour's requests go. `headers` are added to each request; a value may be a dynamic reference."""

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
        """The bucket's name, if the origin is a deployed one."""
        found = re.match(r"([a-z0-9.-]+?)\.s3[.-]", self.domain)
        return found.group(1) if found else None


@dataclass(frozen=True)
class Behaviour:
    """One path pattern's rule."""

    pattern: str
    methods: frozenset[str]
    origin: Origin
    response_headers: tuple[tuple[str, str], ...]
    needs_signature: bool
    """Whether only requests with signed cookies of a trusted key pass."""
    pages: bool = False
    """Whether a function makes every path that is no file the client's first page (infra/stacks/spa.js)."""

    def matches(self, path: str) -> bool:
        """Whether the pattern covers the path: `*` any text, `?` any one character."""
        return _compiled(self.pattern).fullmatch(path.lstrip("/")) is not None


@dataclass(frozen=True)
class Distribution:
    """Behaviours in order of precedence; the last one is the default and matches everything."""

    behaviours: tuple[Behaviour, ...]

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


def read_distribution(
    template: Template, exports: Mapping[str, str], region: str = REGION, own: Mapping[str, str] | None = None
) -> Distribution:
    """The template's one distribution, its references to other stacks resolved by their exports.

    Args:
        template: of the edge's stack.
        exports: of the region's other stacks.
        region: where the stack is.
        own: names of the stack's own buckets by logical id, where it is deployed.

    Raises:
        ValueError: there is not exactly one distribution, or it uses a function this reader does not know.
    """
    (resource,) = (r for _, r in of_type(template, "AWS::CloudFront::Distribution"))
    evaluate = Evaluator(exports, region, own or {})
    config = resource["Properties"]["DistributionConfig"]
    origins = {origin["Id"]: _origin(origin, evaluate) for origin in config["Origins"]}
    policies = {
        name: tuple(_response_headers(policy["Properties"]["ResponseHeadersPolicyConfig"], evaluate))
        for name, policy in of_type(template, "AWS::CloudFront::ResponseHeadersPolicy")
    }
    rules = [*config.get("CacheBehaviors", []), {**config["DefaultCacheBehavior"], "PathPattern": "*"}]
    return Distribution(tuple(_behaviour(rule, origins, policies) for rule in rules))


def _origin(origin: dict[str, Any], evaluate: "Evaluator") -> Origin:
    custom = origin.get("OriginCustomHeaders", [])
    headers = tuple((header["HeaderName"].lower(), evaluate(header["HeaderValue"])) for header in custom)
    return Origin(evaluate(origin["DomainName"]), evaluate(origin.get("OriginPath", "")), headers)


def _behaviour(
    rule: dict[str, Any], origins: Mapping[str, Origin], policies: Mapping[str, tuple[tuple[str, str], ...]]
) -> Behaviour:
    methods = frozenset(rule.get("AllowedMethods", ["GET", "HEAD"]))
    policy = rule.get("ResponseHeadersPolicyId", {})
    # A policy of AWS's own is named by an id, which says nothing here.
    headers = policies.get(policy.get("Ref", ""), ()) if isinstance(policy, dict) else ()
    return Behaviour(
        rule["PathPattern"],
        methods,
        origins[rule["TargetOriginId"]],
        headers,
        bool(rule.get("TrustedKeyGroups")),
        bool(rule.get("FunctionAssociations")),
    )


def _response_headers(config: dict[str, Any], evaluate: "Evaluator") -> Iterator[tuple[str, str]]:
    security = config.get("SecurityHeadersConfig", {})
    for name, key in TEXT_HEADERS.items():
        if key in security:
            yield name, evaluate(security[key][VALUE_OF.get(key, key)])
    if "ContentTypeOptions" in security:
        yield "x-content-type-options", "nosniff"
    if "StrictTransportSecurity" in security:
        yield "strict-transport-security", _transport_security(security["StrictTransportSecurity"])
    for header in config.get("CustomHeadersConfig", {}).get("Items", []):
        yield header["Header"].lower(), evaluate(header["Value"])


def _transport_security(settings: dict[str, Any]) -> str:
    parts = [f"max-age={settings['AccessControlMaxAgeSec']}"]
    parts += ["includeSubDomains"] if settings.get("IncludeSubdomains") else []
    parts += ["preload"] if settings.get("Preload") else []
    return "; ".join(parts)


class Evaluator:
    """Evaluates the intrinsic functions that CDK writes into a distribution, to text."""

    def __init__(self, exports: Mapping[str, str], region: str, own: Mapping[str, str]) -> None:
        self._exports = exports
        self._own = own
        self._region = region
        self._known = {
            "AWS::Region": region,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
        }

    def __call__(self, value: Any) -> str:
        """The text of a value.

        Raises:
            ValueError: an intrinsic function this reader does not know, or an export that does not exist.
        """
        if isinstance(value, str):
            return value
        ((name, argument),) = value.items()
        match name:
            case "Ref":
                return self._known.get(argument, f"{OWN}{argument}")
            case "Fn::ImportValue":
                return self._import(self(argument))
            case "Fn::Join":
                return str(argument[0]).join(self(part) for part in argument[1])
            case "Fn::Select":
                return self._list(argument[1])[int(argument[0])]
            case "Fn::GetAtt":
                return self._attribute(*argument)
        raise ValueError(f"The local edge does not know {name} in a distribution")

    def _attribute(self, logical_id: str, name: str) -> str:
        if name == "RegionalDomainName" and logical_id in self._own:
            return f"{self._own[logical_id]}.s3.{self._region}.amazonaws.com"
        return f"{OWN}{logical_id}"

    def _import(self, name: str) -> str:
        if name not in self._exports:
            raise ValueError(f"The edge stack imports {name}, which no deployed stack exports")
        return self._exports[name]

    def _list(self, value: Any) -> Sequence[str]:
        if isinstance(value, list):
            return [self(part) for part in value]
        separator, text = value["Fn::Split"]
        return self(text).split(separator)
