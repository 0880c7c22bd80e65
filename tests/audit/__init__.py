"""What `make audit` looks at: keys in tracked files, and the templates as checkov sees them."""
