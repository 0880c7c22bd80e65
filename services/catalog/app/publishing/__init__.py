"""What editors publish and withdraw."""
