"""Ours: a package, so that `python -m tests.…` does not find the one that actions-toolkit installs."""
