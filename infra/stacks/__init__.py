"""One stack per service, the platform they stand on, and the edge in front of them."""
