"""What remains of a watch: packs, anchors, and checking them."""
