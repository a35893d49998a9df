"""sekuire-gate: no AI agent is merged or released against its workspace's policy."""

__version__ = "0.1.0"
