# SPDX-License-Identifier: Apache-2.0
# Sourced before every transcript: set-up that would only hide what a transcript is about.

# save PATH TEXT MESSAGE: writes a file of one line and commits it
save() { mkdir -p "$(dirname "$1")" && printf '%s\n' "$2" >"$1" && git add -- "$1" && git commit -q -m "$3"; }

# quietly COMMAND…: says nothing unless the command fails
quietly() { local out; out=$("$@" 2>&1) || { local code=$?; printf '%s\n' "$out" >&2; return "$code"; }; }
