"""Stand in for `blender --command simreal ...` in pip's bpy, which has no executable: install, enable, run the handler.

python command_door.py ZIP ARGUMENTS...
"""

import os
import sys

import bpy


def main(archive, arguments):
    handlers = {}
    register = bpy.utils.register_cli_command

    def noted(name, handler):
        handlers[name] = handler
        return register(name, handler)

    bpy.utils.register_cli_command = noted
    bpy.ops.extensions.package_install_files(filepath=archive, repo="user_default", enable_on_install=True)
    return handlers["simreal"](arguments)


if __name__ == "__main__":
    status = main(sys.argv[1], sys.argv[2:])
    sys.stdout.flush()
    os._exit(status)  # Blender's module may crash in its own clean-up, which is none of this test's business
