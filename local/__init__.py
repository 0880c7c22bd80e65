"""The local runtime: the synthesized templates on one machine, without AWS and without Docker."""
