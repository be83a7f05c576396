"""Sections bound into one edition: pages, tags, fonts, folios, links, outline, labels.

Names are imported from the modules: `pagination` is needed on every path, and pikepdf, which
`binding` imports, only where something is bound.
"""
