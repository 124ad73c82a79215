#!/bin/bash
# Run inside a windowed Blender's world: installs the zip, runs the command, shows the tab.
#   windowed.sh ZIP FOLDER MODEL PHOTOS
set -eu
zip=$1 folder=$2 model=$3 photos=$4
blender --command extension install-file --repo user_default --enable "$zip"
blender --command simreal doctor
blender --command simreal design schema --out "$folder/schema.json"
blender --command simreal score "$model" "$photos" --out "$folder/scores"
status=0; blender --command simreal nonsense || status=$?
echo 0 $status > "$folder/status.txt"
timeout 300 blender --window-geometry 0 0 1600 900 --python "$(dirname "$0")/show_tab.py" -- "$folder" "$folder/steps.json"
