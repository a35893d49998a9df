"""What would go wrong, before it does: each thing that a check relies on, looked at by itself."""
