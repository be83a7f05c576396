"""brochure: good practices as text files in, print-ready multilingual brochures out.

The rooms of the house stand in ARCHITECTURE.md; each module imports only rooms above its own.
"""

__version__ = "0.1.0"
