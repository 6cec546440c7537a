-- A line on paper counts for budgets from its printing on.
UPDATE ledger SET handed = 1 WHERE state = 'printed';
