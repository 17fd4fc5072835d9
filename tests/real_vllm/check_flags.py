"""Run in the environment of vLLM: its own parser must read every profile and list the flags that are committed. Arguments: the folder."""

import sys
from pathlib import Path

from vllm.engine.arg_utils import AsyncEngineArgs
from vllm.entrypoints.cli.serve import ServeSubcommand
from vllm.utils.argparse_utils import FlexibleArgumentParser

folder = Path(sys.argv[1])
parser = FlexibleArgumentParser()
serve = ServeSubcommand().subparser_init(parser.add_subparsers(dest="subparser"))
flags = {option[2:] for action in serve._actions for option in action.option_strings if option.startswith("--")} - {"help"}
committed = {line for line in (folder / "flags-0.32.0.txt").read_text().splitlines() if not line.startswith("#")}
if flags != committed:
    sys.exit(f"flags differ: {sorted(flags ^ committed)}")
for path in sorted(folder.glob("*.yaml")):
    arguments = AsyncEngineArgs.from_cli_args(parser.parse_args(["serve", "--config", str(path)]))
    sys.stdout.write(f"{path.name}: {arguments.model}, tensor parallel {arguments.tensor_parallel_size}\n")
