"""The record: books, runs, leads, snapshots, decisions, rejected rows."""
