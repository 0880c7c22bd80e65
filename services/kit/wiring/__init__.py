"""What every service wires alike, a module for each thing, so that a function imports only what it uses.

Each thing is made on first use and kept while the function lives.
"""
