"""What operations will see of the system, drawn on this machine from what its functions really tell."""
