"""What was it before: field history, the audit trail, rows that never change, versions that are claimed."""
