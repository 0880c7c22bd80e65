"""Every metric that functions emit, by service, as dashboards and alarms take them.

Each is named once, by the service that emits it; nothing here or in the stacks says a name of its own.
"""

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import services.credits.app.metrics as credits_metrics
import services.orders.app.metrics as orders_metrics
import services.playback.app.metrics as playback_metrics
from services.kit import metrics as kit_metrics
from services.kit.metrics import Metric

_MODULES = {"orders": orders_metrics, "playback": playback_metrics, "credits": credits_metrics}
SOURCES = tuple(Path(str(module.__file__)) for module in (kit_metrics, *_MODULES.values()))
"""Files that templates are made from too."""


def _defined(module: ModuleType) -> tuple[Metric, ...]:
    return tuple(value for value in vars(module).values() if isinstance(value, Metric))


EMITTED: Mapping[str, tuple[Metric, ...]] = {
    service: (*kit_metrics.COMMON, *(_defined(_MODULES[service]) if service in _MODULES else ()))
    for service in ("catalog", "orders", "playback", "credits")
}
"""All there are, by the service whose functions emit them."""
