"""The audit ledger: an append-only chain with one entry for every turn."""
