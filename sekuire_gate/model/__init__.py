"""The nouns: frozen dataclasses that every other room speaks in; no I/O, nothing third-party."""
