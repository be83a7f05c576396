"""A bound volume becomes its outputs. Nothing is laid out again; lengths are points here."""

from brochure.finish.pictures_screen import ScreenPictures
from brochure.finish.screen import screen

__all__ = ["ScreenPictures", "screen"]
