"""Transparency logs in C2SP's formats: the tree, its tiles, checkpoints, cosignatures, proofs, policies.

Everything here is pure: it reads and writes nothing. What it takes in may come from anybody; what is not exactly of the
format is refused with a ValueError and nothing else.
"""
