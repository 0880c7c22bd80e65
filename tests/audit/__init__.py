"""What `make audit` looks at: keys in tracked files."""
