"""The editor's commands. Never imported by a Lambda function."""
