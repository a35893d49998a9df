"""A folder becomes manifests: found, read strictly, each claim with its place."""
