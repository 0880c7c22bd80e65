"""What packaging built, as CDK assets named by the hash of their inputs."""

from aws_cdk import AssetHashType
from aws_cdk import aws_lambda as lambda_

from infra import packaging


class Assets:
    """Assets for one platform. The platform changes what they hold, never what they are called."""

    def __init__(self, target: packaging.Platform) -> None:
        self._target = target

    def layer(self, name: str = packaging.COMMON_LAYER) -> lambda_.Code:
        """A layer of dependencies, built on first use and kept under build/."""
        return _asset(str(packaging.cached_layer(self._target, name)), packaging.layer_hash(name))

    def code(self, service: str, kind: str) -> lambda_.Code:
        """A function's code."""
        path = packaging.cached_code(service, kind, self._target.python)
        return _asset(str(path), packaging.code_hash(service, kind))


def _asset(path: str, hash_: str) -> lambda_.Code:
    return lambda_.Code.from_asset(path, asset_hash=hash_, asset_hash_type=AssetHashType.CUSTOM)
