"""Where is it? The map of a region, as paths, dots and labels in millimetres."""

from brochure.maps.locator import LocatorMap, Spot, locator

__all__ = ["LocatorMap", "Spot", "locator"]
