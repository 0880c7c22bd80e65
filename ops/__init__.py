"""Commands for operators. They work against AWS, and against the local system with --local."""
