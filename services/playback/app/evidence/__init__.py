"""What remains of a watch: packs, heads, and checking them."""
