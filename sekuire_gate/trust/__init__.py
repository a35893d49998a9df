"""An address becomes a policy: fetched, verified, and only then read."""
