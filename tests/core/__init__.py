"""The rules of the core and of the stored ledger, asked one at a time: plain calls with frozen records, no world."""
