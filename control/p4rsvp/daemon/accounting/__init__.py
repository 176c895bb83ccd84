"""Accounts: records of every reservation, as lines of JSON, and what they sum up to."""
