"""What orders publishes, and its narrow view of what it consumes."""
