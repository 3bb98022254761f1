"""Use cases of the reports: statistics, comparison, definitions, snapshots, approval, verification."""
