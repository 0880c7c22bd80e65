"""The outbox's stream, to the bus."""

from services.kit.wiring.bus import relay_outbox

handler = relay_outbox
