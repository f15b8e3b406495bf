# SPDX-License-Identifier: Apache-2.0
# Sourced before every transcript: set-up that would only hide what a transcript is about.

# save PATH TEXT MESSAGE: writes a file of one line and commits it
save() { mkdir -p "$(dirname "$1")" && printf '%s\n' "$2" >"$1" && git add -- "$1" && git commit -q -m "$3"; }

# quietly COMMAND…: says nothing unless the command fails
quietly() { local out; out=$("$@" 2>&1) || { local code=$?; printf '%s\n' "$out" >&2; return "$code"; }; }

# adopt: a repository with alice (owner) and bob (reviewer), committed; $base is that commit
adopt() {
  save README.md 'hello' 'base'
  quietly countersign init --person alice --name 'Alice Example' --email alice@example.com --signer "ssh:$KEYS/alice" --yes
  quietly countersign people add bob --name 'Bob Example' --email bob@example.com --role reviewer --key "ssh:$KEYS/bob.pub" --yes
  git add .countersign && git commit -q -m 'adopt countersign'
  base=$(git rev-parse HEAD)
}

# grant FLAGS…: opens a session of test-agent and puts its id into $session
grant() {
  session=$(countersign session start --agent test-agent/1.0 --model test-model --yes --quiet --format json "$@" | sed -n 's/.*"session": "\(.*\)",/\1/p')
}

# as_agent COMMAND…: runs it in the session that grant opened
as_agent() { COUNTERSIGN_SESSION=$session "$@"; }

# sigstore: Sigstore on this machine; $SIGSTORE is its folder, $ISSUER where people sign in, in a browser that asks nothing
sigstore() {
  SIGSTORE=$HOME/sigstore
  (cd "$ROOT" && exec node --import tsx test/kit/sigstore/server.ts "$SIGSTORE") >/dev/null 2>&1 &
  sigstore_process=$!
  until [ -e "$SIGSTORE/settings.sh" ]; do sleep 0.1; done
  . "$SIGSTORE/settings.sh"
}

# cut_network: Sigstore is gone, and no program of Node's can connect to anything; tries are lines of $NETWORK_LOG
cut_network() {
  kill "$sigstore_process" 2>/dev/null
  export NETWORK_LOG=$SIGSTORE/tries NODE_OPTIONS="--import=file://$ROOT/test/kit/sigstore/no-network.mjs"
  touch "$NETWORK_LOG"
}

# years_later COMMAND…: runs it ten years from now
years_later() { NODE_OPTIONS="$NODE_OPTIONS --import=file://$ROOT/test/kit/sigstore/years-later.mjs" "$@"; }
