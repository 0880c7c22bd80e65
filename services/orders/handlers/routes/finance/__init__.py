"""What finance reads: exports, reconciliation, revenue."""
