"""ETRS89-LAEA, the equal-area projection for maps of Europe (EPSG:3035).

Formulas: Snyder, J. P. (1987), *Map Projections – A Working Manual*, USGS Professional Paper 1395,
chapter 24, Lambert azimuthal equal-area on the ellipsoid, equations 24-2, 24-17 to 24-20; with the
authalic latitude of equations 3-11 and 3-12. Ellipsoid: GRS 80. WGS 84 is taken for ETRS89: on a
brochure's map, a metre does not matter.
"""

from __future__ import annotations

from math import asin, cos, log, radians, sin, sqrt

AXIS, FLATTENING = 6378137.0, 1 / 298.257222101  # GRS 80, metres
LATITUDE, LONGITUDE = radians(52), radians(10)  # the centre
EASTING, NORTHING = 4321000.0, 3210000.0  # of the centre, metres

_E2 = FLATTENING * (2 - FLATTENING)
_E = sqrt(_E2)


def _q(latitude: float) -> float:
    s = sin(latitude)
    return (1 - _E2) * (s / (1 - _E2 * s * s) - log((1 - _E * s) / (1 + _E * s)) / (2 * _E))


_QP = _q(radians(90))
_RQ = AXIS * sqrt(_QP / 2)
_BETA = asin(_q(LATITUDE) / _QP)
_D = AXIS * cos(LATITUDE) / (sqrt(1 - _E2 * sin(LATITUDE) ** 2) * _RQ * cos(_BETA))


def projected(latitude: float, longitude: float) -> tuple[float, float]:
    """Return easting and northing in metres of a point in degrees. The antipode has none."""
    beta = asin(max(-1.0, min(1.0, _q(radians(latitude)) / _QP)))
    turn = radians(longitude) - LONGITUDE
    nearness = 1 + sin(_BETA) * sin(beta) + cos(_BETA) * cos(beta) * cos(turn)
    b = _RQ * sqrt(2 / max(nearness, 1e-9))
    north = cos(_BETA) * sin(beta) - sin(_BETA) * cos(beta) * cos(turn)
    return EASTING + b * _D * cos(beta) * sin(turn), NORTHING + b / _D * north
