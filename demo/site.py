"""Acme's site: what a customer of Askonce would write, in full. It imports nothing of Askonce."""

import argparse
import logging
import os
import sys
from pathlib import Path


def main() -> None:
    """Serve until somebody stops us."""
    # A script finds what stands beside it; our modules are `demo.…`, one folder up.
    sys.path[0] = str(Path(__file__).parents[1])
    import uvicorn

    from demo.acme import create_site

    options = _options()
    logging.basicConfig(level=logging.WARNING, format="demo: %(message)s")
    site = create_site(options.askonce, f"http://{options.host}:{options.port}")
    uvicorn.run(site, host=options.host, port=options.port, log_level="warning")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Acme, a demo customer of Askonce.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("DEMO_PORT") or 8001))
    parser.add_argument(
        "--askonce",
        default=os.environ.get("ASKONCE_URL") or "http://localhost:8000",
        help="the origin of Askonce (default: $ASKONCE_URL)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
