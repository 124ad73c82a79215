"""The adaptation methods by name."""

from __future__ import annotations

from .cdan import Cdan
from .cdan_mcc import CdanMcc
from .dann import Dann
from .disclusterda import DisClusterDa
from .mcc import Mcc
from .mcd import Mcd
from .method import Method
from .rca import Rca
from .shot import Shot
from .source_only import SourceOnly
from .srdc import Srdc

METHODS: dict[str, type[Method]] = {
    method.name: method for method in (SourceOnly, Dann, Mcd, Rca, Srdc, DisClusterDa, Cdan, Mcc, CdanMcc, Shot)
}
