"""Commands for operators and auditors; not part of what is deployed."""
