"""Constraint families: one file each, opening with its formula. They yield rows and know nothing of one another."""
