"""The whole ledger, as a table or a document."""
