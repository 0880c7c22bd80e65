"""The app and its stacks."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import App, DefaultStackSynthesizer, Tags

from infra import packaging
from infra.assets import Assets
from infra.openapi import Route
from infra.stacks.backups import BackupsStack
from infra.stacks.catalog import CatalogStack
from infra.stacks.credits import CreditsStack
from infra.stacks.edge import EdgeStack
from infra.stacks.firewall import FirewallStack
from infra.stacks.orders import OrdersStack
from infra.stacks.overview import OverviewStack
from infra.stacks.platform import PlatformStack
from infra.stacks.playback import PlaybackStack
from infra.stacks.service import Foundation
from infra.stages import Stage

CONTEXT = {
    "@aws-cdk/aws-iam:minimizePolicies": True,
    # What a layer holds is code too: where it changes, functions have another version.
    "@aws-cdk/aws-lambda:recognizeLayerVersion": True,
    "@aws-cdk/core:enablePartitionLiterals": True,
    # Templates carry no paths of the construct tree, so that they hold what is deployed and nothing else.
    "aws:cdk:enable-path-metadata": False,
    "aws:cdk:disable-asset-staging": False,
}


def new_app(out_dir: Path) -> App:
    """An app that writes into `out_dir`, with what we fix for all stacks."""
    return App(
        outdir=str(out_dir),
        analytics_reporting=False,
        tree_metadata=False,
        context=CONTEXT,
        # The command line checks the account's bootstrap itself; without the rule the templates need no parameters.
        default_stack_synthesizer=DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
    )


def add_stacks(app: App, stage: Stage, target: packaging.Platform, routes: Mapping[str, Sequence[Route]]) -> None:
    """All stacks of a stage. `target` decides what the layer holds, and nothing in the templates."""
    platform = PlatformStack(app, stage)
    foundation = Foundation(platform, Assets(target), routes)
    catalog = CatalogStack(app, foundation)
    playback = PlaybackStack(app, foundation)
    services = [catalog, OrdersStack(app, foundation), playback, CreditsStack(app, foundation)]
    OverviewStack(app, stage, services)
    BackupsStack(app, platform, {service.service: service.tables.data for service in services})
    edge = EdgeStack(app, platform, catalog, playback, services)
    # The edge has its name as a parameter, which says nothing of the order in which the two come and go.
    edge.add_stack_dependency(FirewallStack(app, stage))
    Tags.of(app).add("product", "xueshi")
    Tags.of(app).add("stage", stage.name)
