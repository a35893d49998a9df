"""The embedded development workspace: the other end of the protocol, small and real."""
