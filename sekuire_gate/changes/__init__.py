"""What a change of policy changes: permissions, and the verdicts on definitions."""
