"""What a player reaches by turning and pushing: pages, and the wishes that come of them. Pure."""
