"""An outcome becomes text or a payload; pure, and foreign text is escaped once, here."""
