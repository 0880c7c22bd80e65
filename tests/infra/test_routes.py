"""Every route of the documents exists, and every one but the public few goes through the authorizer."""

import json
from pathlib import Path

import pytest

from infra.openapi import ANY, read_operations, read_routes
from infra.packaging import PackagingError
from tests.templates import SERVICES, of_type, service_template

OPENAPI = Path(__file__).parents[2] / "docs" / "openapi"
OPERATIONS = [operation for service in SERVICES for operation in read_operations(OPENAPI, service)]
PUBLIC = {
    "GET /v1/catalog/courses",
    "GET /v1/catalog/courses/{course_id}",
    "GET /v1/catalog/courses/{course_id}/reviews",
    "GET /v1/catalog/search",
    "GET /v1/catalog/completions",
    "GET /v1/playback/jwks",
    "GET /v1/playback/log/policy",
    "GET /v1/playback/log/proofs/{digest}",
    "GET /v1/orders/plans",
    "POST /v1/orders/payment-callbacks/alipay",
    "GET /v1/credits/issuer",
    "POST /v1/credits/access/recovery",
    "POST /v1/credits/identities/phone-codes",
    "POST /v1/credits/identities/phone/sign-ins",
    "POST /v1/credits/identities/wechat/pages",
    "POST /v1/credits/identities/wechat/sign-ins",
    "GET /v1/credits/jwks",
    "GET /v1/credits/keys/{thumbprint}",
    "GET /v1/credits/status-lists/{day}",
    "GET /v1/credits/verification/{code}",
    "POST /v1/credits/verification/{code}/name-check",
    "POST /v1/orders/payment-callbacks/wechat",
}
"""What is readable signed out, what others check with, and what payment providers prove by signature."""


def is_public(key: str) -> bool:
    """Whether a route is: that of a whole address where all of its operations are."""
    return operations(key) <= PUBLIC


def operations(key: str) -> set[str]:
    """What a route leads to."""
    method, _, path = key.partition(" ")
    return {one.key for one in OPERATIONS if one.path == path and method in (ANY, one.method)}


@pytest.mark.parametrize("service", SERVICES)
def test_routes_are_those_of_the_document(service: str) -> None:
    routes = {route["RouteKey"] for route in of_type(service_template(service), "AWS::ApiGatewayV2::Route").values()}
    assert routes == {route.key for route in read_routes(OPENAPI, service)}


@pytest.mark.parametrize("service", SERVICES)
def test_all_routes_but_the_public_ones_have_the_services_authorizer(service: str) -> None:
    template = service_template(service)
    ((authorizer, properties),) = of_type(template, "AWS::ApiGatewayV2::Authorizer").items()
    assert properties["AuthorizerType"] == "JWT"
    assert properties["IdentitySource"] == ["$request.header.Authorization"]
    for route in of_type(template, "AWS::ApiGatewayV2::Route").values():
        if is_public(route["RouteKey"]):
            assert route["AuthorizationType"] == "NONE"
        else:
            assert route["AuthorizationType"] == "JWT"
            assert route["AuthorizerId"] == {"Ref": authorizer}


def test_an_address_says_which_methods_it_takes() -> None:
    """But one: the catalogue's page, which editors publish by another function."""
    routes = {route for service in SERVICES for route in read_routes(OPENAPI, service)}
    assert {route.key for route in routes if route.method != ANY} == {
        "GET /v1/catalog/courses/{course_id}",
        "PUT /v1/catalog/courses/{course_id}",
    }


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_has_a_route_with_its_function_and_its_access(service: str) -> None:
    routes = {(route.method, route.path): route for route in read_routes(OPENAPI, service)}
    for one in (one for one in OPERATIONS if one.path.startswith(f"/v1/{service}/")):
        route = routes.get((one.method, one.path)) or routes[ANY, one.path]
        assert (route.public, route.function) == (one.public, one.function)


EDITORS = {
    "PUT /v1/catalog/courses/{course_id}",
    "POST /v1/catalog/courses/{course_id}/media-uploads",
    "GET /v1/catalog/courses/{course_id}/media-downloads",
    "GET /v1/catalog/courses/{course_id}/publication",
    "GET /v1/catalog/courses/{course_id}/publications",
    "GET /v1/catalog/publications",
    "POST /v1/catalog/courses/{course_id}/withdrawal",
    "DELETE /v1/catalog/productions/{production_id}/files/{file_id}",
    "GET /v1/catalog/productions",
    "GET /v1/catalog/productions/{production_id}",
    "GET /v1/catalog/productions/{production_id}/preview",
    "GET /v1/catalog/productions/{production_id}/transcript",
    "POST /v1/catalog/productions",
    "POST /v1/catalog/productions/{production_id}/blocks/{block}/drafts",
    "POST /v1/catalog/productions/{production_id}/cancellation",
    "POST /v1/catalog/productions/{production_id}/files",
    "POST /v1/catalog/productions/{production_id}/files/{file_id}/completion",
    "POST /v1/catalog/productions/{production_id}/files/{file_id}/parts",
    "POST /v1/catalog/productions/{production_id}/publication",
    "POST /v1/catalog/productions/{production_id}/runs",
    "PUT /v1/catalog/productions/{production_id}/blocks/{block}",
    "PUT /v1/catalog/productions/{production_id}/facts",
    "PUT /v1/catalog/productions/{production_id}/transcript",
}


def test_editors_routes_have_a_function_of_their_own() -> None:
    template = service_template("catalog")
    integrations = of_type(template, "AWS::ApiGatewayV2::Integration")
    functions, aliases = of_type(template, "AWS::Lambda::Function"), of_type(template, "AWS::Lambda::Alias")
    routes = of_type(template, "AWS::ApiGatewayV2::Route").values()
    for route in routes:
        integration = integrations[route["Target"]["Fn::Join"][1][1]["Ref"]]
        function = functions[aliases[integration["IntegrationUri"]["Ref"]]["FunctionName"]["Ref"]]["FunctionName"]
        led_to = operations(route["RouteKey"])
        assert (function == "xueshi-catalog-editor", function == "xueshi-catalog-http") == (
            led_to <= EDITORS,
            led_to <= PUBLIC,
        )


def test_a_missing_document_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match=r"playback\.json is missing: generate it .* `make openapi`"):
        read_routes(tmp_path, "playback")


@pytest.mark.parametrize(
    ("path", "operation", "reason"),
    [
        ("/v1/orders/claims", {}, "is not under /v1/playback/"),
        ("/v1/playback/beats", {"security": [{}, {"cognito": []}]}, "can be enforced"),
        ("/v1/playback/beats", {"security": [{"apiKey": []}]}, "can be enforced"),
    ],
)
def test_what_cannot_be_enforced_is_refused(
    tmp_path: Path, path: str, operation: dict[str, object], reason: str
) -> None:
    document = {"paths": {path: {"post": operation}}}
    (tmp_path / "playback.json").write_text(json.dumps(document))
    with pytest.raises(PackagingError, match=reason):
        read_routes(tmp_path, "playback")
