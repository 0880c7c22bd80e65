import json

import schemathesis
from hypothesis import settings

from docs.generate import ROOT
from tests.behind_gateway import behind_gateway

schema = schemathesis.openapi.from_dict(json.loads((ROOT / "docs/openapi/xueshi.json").read_text()))
schema.app = behind_gateway()


@schemathesis.auth()
class RoleAuth:
    def get(self, case, context):
        return context.operation.definition.raw.get("x-roles", ["learner"])[0]

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


@schema.parametrize()
@settings(max_examples=5, derandomize=True, deadline=None)
def test_api(case):
    case.call_and_validate()
