"""Text or a payload goes out into the world."""
