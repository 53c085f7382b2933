"""What MJX simulates in place of a scene's own model, remedy by remedy."""

from typing import Literal

from vnl_core.config.base import Config, field

WalkerContacts = Literal["feet", "body"]
MjxSolver = Literal["scene", "cg", "newton"]


class MjxConfig(Config):
    """How a scene is adapted to MJX. The defaults are fast and true to the scene."""

    contacts: WalkerContacts = field(
        "body",
        "-",
        "Which of the walker's geoms meet the terrain: its feet, or all that collide.",
    )
    self_contact: bool = field(
        False, "-", "Whether the walker's parts collide with one another; costs much time."
    )
    capsules: bool = field(
        True,
        "-",
        "Ellipsoids and cylinders that collide, and boxes that are no feet, become capsules of "
        "equal extent; mass and inertia stay.",
    )
    pyramidal_cone: bool = field(
        True, "-", "The friction cone becomes pyramidal; MJX refuses some elliptic ones."
    )
    drop_sensors: bool = field(
        True, "-", "Leave out the walker's sensors; no observation term reads them."
    )
    local_terrain: bool = field(
        True,
        "-",
        "Each of the walker's geoms meets only the terrain boxes near it, so that the cost does "
        "not grow with the corridor. Range finders that are kept need the whole terrain.",
    )
    max_geom_pairs: int | None = field(
        None, "pairs", "Pairs of each kind tested for contact; empty for a safe number.", ge=1
    )
    max_contact_points: int | None = field(
        None, "contacts", "Contacts kept in a step; empty for a safe number.", ge=1
    )
    solver: MjxSolver = field("scene", "-", "Constraint solver on MJX, or the scene's own.")
    iterations: int | None = field(
        None,
        "-",
        "Solver iterations on MJX at most; empty for 20 of Newton's or the scene's of CG's.",
        ge=1,
    )
    ls_iterations: int | None = field(
        None, "-", "Line-search iterations on MJX; empty for the scene's, at most 8.", ge=1
    )
    substeps: int = field(
        1, "-", "Physics steps of MJX in one physics step of the scene.", ge=1, le=20
    )
    native_adapted: bool = field(
        False, "-", "The native engine simulates the adapted walker too, for comparison."
    )
