"""The only door in: files with their digests, YAML and Markdown with positions, pictures.

Everything that comes through here is untrusted: no path leads out of the project, every size is
bounded, nothing is executed, and the network does not exist.
"""

from brochure.sources.folder import Folder, Source
from brochure.sources.markdown import Heading, Link, Prose, read_prose
from brochure.sources.picture import Picture, read_picture
from brochure.sources.yaml import Located, read_yaml

__all__ = [
    "Folder",
    "Heading",
    "Link",
    "Located",
    "Picture",
    "Prose",
    "Source",
    "read_picture",
    "read_prose",
    "read_yaml",
]
