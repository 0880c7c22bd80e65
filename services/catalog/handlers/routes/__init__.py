"""The routes, each subject with its request and answer models."""
