"""How translations stand, how they are accepted, and how they travel to translators and back."""
