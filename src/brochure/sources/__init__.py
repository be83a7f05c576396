"""The only door in: files with their digests, YAML and Markdown with positions, pictures.

Everything that comes through here is untrusted: no path leads out of the project, every size is
bounded, nothing is executed, and the network does not exist.
"""

# The folder alone: to see that nothing has changed takes no YAML and no Markdown.
from brochure.sources.folder import Folder, OnDisk, Source
from brochure.sources.seen import Seen

__all__ = ["Folder", "OnDisk", "Seen", "Source"]
