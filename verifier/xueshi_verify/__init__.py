"""A verifier of Xueshi's evidence, written from docs/evidence-format.md alone.

It shares no code with the services that make the evidence, so that a fault there is not repeated here. It needs the
standard library and `cryptography`, reads files, and neither asks nor tells anybody anything; but for `tiles`, which
reads the published log, from its address if it is given one.
"""
