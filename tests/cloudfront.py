"""CloudFront's answers for a distribution of the synthesized templates, which is deployed nowhere."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

MADE_UP = "abc123"
"""What every reference to something deployed leads to."""
MANAGED = {
    "658327ea-f89d-4fab-a63d-7e88639e58f6": (1, 86_400, 31_536_000),
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": (0, 0, 0),
}
"""Cache policies of AWS's own that have nothing but the path in their key: the shortest, usual and longest time."""


@dataclass(frozen=True)
class TemplatesCloudFront:
    """A client of CloudFront that knows one template."""

    template: dict[str, Any]

    def get_distribution_config(self, Id: str) -> dict[str, Any]:  # noqa: N803 (boto3's name)
        """The template's one distribution."""
        config = self._properties(Id)["DistributionConfig"]
        origins = [{**o, "CustomHeaders": o.get("OriginCustomHeaders", [])} for o in config["Origins"]]
        return {"DistributionConfig": told({**config, "Origins": origins})}

    def get_cache_policy(self, Id: str) -> dict[str, Any]:  # noqa: N803
        """One of the template's, or of AWS's own."""
        if Id in MANAGED:
            shortest, usual, longest = MANAGED[Id]
            nothing = {
                f"{kind}Config": {f"{kind[:-1]}Behavior": "none"} for kind in ("Headers", "Cookies", "QueryStrings")
            }
            times = {"MinTTL": shortest, "DefaultTTL": usual, "MaxTTL": longest}
            config = {**times, "ParametersInCacheKeyAndForwardedToOrigin": nothing}
        else:
            config = self._properties(Id)["CachePolicyConfig"]
        return {"CachePolicy": {"CachePolicyConfig": told(config)}}

    def get_origin_request_policy(self, Id: str) -> dict[str, Any]:  # noqa: N803
        """The one of AWS's own that is used: all but the host."""
        config = {
            "HeadersConfig": {"HeaderBehavior": "allExcept", "Headers": ["Host"]},
            "CookiesConfig": {"CookieBehavior": "all"},
            "QueryStringsConfig": {"QueryStringBehavior": "all"},
        }
        return {"OriginRequestPolicy": {"OriginRequestPolicyConfig": told(config)}}

    def get_response_headers_policy(self, Id: str) -> dict[str, Any]:  # noqa: N803
        """One of the template's."""
        config = self._properties(Id)["ResponseHeadersPolicyConfig"]
        return {"ResponseHeadersPolicy": {"ResponseHeadersPolicyConfig": told(config)}}

    @cached_property
    def distribution_id(self) -> str:
        """The logical id of the template's one distribution."""
        (id_,) = (n for n, r in self.template["Resources"].items() if r["Type"] == "AWS::CloudFront::Distribution")
        return str(id_)

    def _properties(self, id_: str) -> dict[str, Any]:
        found: dict[str, Any] = self.template["Resources"][id_]["Properties"]
        return found


def told(value: Any) -> Any:
    """A template's values as the API tells them: lists as quantities of items, references as what they lead to."""
    if isinstance(value, list):
        return {"Quantity": len(value), "Items": [told(item) for item in value]}
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and (next(iter(value)) == "Ref" or next(iter(value)).startswith("Fn::")):
        return _led_to(*next(iter(value.items())))
    if isinstance(value.get("Items"), list):
        return told(value["Items"])
    return {name: told(member) for name, member in value.items()}


def _led_to(function: str, argument: Any) -> str:
    if function == "Ref":
        return str(argument)
    if function == "Fn::Join":
        return str(argument[0]).join(part if isinstance(part, str) else str(told(part)) for part in argument[1])
    return MADE_UP
