"""Story: what moved what in one run, from the ledger, in parts that add up."""
