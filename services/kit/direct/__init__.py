"""Calls of AWS with the standard library alone: signed JSON over one connection.

For the function that answers beats, whose start and warm call must be next to nothing: the SDK takes more time to
import than all else that it does (docs/decisions/0043). Everything that is not watching uses the SDK.
"""
