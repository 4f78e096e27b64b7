"""What the OLED shows, and the OLED."""
