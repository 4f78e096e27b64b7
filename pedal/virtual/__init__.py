"""A card, pins and a screen without hardware."""
