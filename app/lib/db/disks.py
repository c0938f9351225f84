"""Which disks SQLite may not live on: a network's, where locks are only a promise."""

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")

# Only those that are a network for certain: a desktop's shared folder may work.
NETWORK = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "lustre", "ocfs2", "gfs2",
        "fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone",
    }
)  # fmt: skip


def refuse_network_disk(folder: Path, mounts: Path = MOUNTS) -> None:
    """Raises ValueError when `folder` is on a network file system (proc(5), mountinfo)."""
    kind = disk_kind(folder.resolve(), mounts.read_text() if mounts.exists() else "")
    if kind in NETWORK:
        raise ValueError(
            f"{folder} is on a network disk ({kind}), where SQLite may lose data: "
            "use a local disk, or PostgreSQL."
        )


def disk_kind(folder: Path, mounts: str) -> str:
    """The type of the file system that holds `folder`: the deepest mount, the latest of equals."""
    deepest, kind = -1, ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        point = Path(unescaped(before.split(" ")[4]))
        if folder.is_relative_to(point) and len(point.parts) >= deepest:
            deepest, kind = len(point.parts), after.split(" ")[0]
    return kind


def unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)
