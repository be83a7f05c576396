"""Work on other machines: a Dask cluster gets the sections, and the files that they draw on.

Nothing here imports `distributed` before work is handed out.
"""

from brochure.cluster.problem import ClusterProblem
from brochure.cluster.workshop import ROOT, SCRATCH, ClusterWorkshop

__all__ = ["ROOT", "SCRATCH", "ClusterProblem", "ClusterWorkshop"]
