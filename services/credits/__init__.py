"""The hours ledger: certificates, recertification periods, and awards that can be audited."""
