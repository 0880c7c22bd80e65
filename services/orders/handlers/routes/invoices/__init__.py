"""Invoices (发票)."""
