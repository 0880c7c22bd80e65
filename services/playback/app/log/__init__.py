"""The transparency log: what is noted for it, the one writer, and proofs of what is in it."""
