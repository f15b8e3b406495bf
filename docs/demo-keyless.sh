# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by demo.sh for --keyless: one sign-in lets an agent loose, and nothing after it needs the network. Sigstore, its
# OpenID provider and the browser are mocks on this machine, so that it takes no account and publishes nothing.
set -o pipefail

say 'Sigstore on this machine: certificate authority, logs, a sign-in page, and a browser that signs in as alice at once.'
cd "$scratch" || exit 1
(cd "$root" && exec node --import tsx test/kit/sigstore/server.ts "$scratch/sigstore") &
sigstore=$!
until [ -e sigstore/settings.sh ]; do
  kill -0 $sigstore 2>/dev/null || { echo 'demo: the mock of Sigstore did not start; it needs "npm ci"' >&2; exit 1; }
  sleep 0.2
done
show 'cat sigstore/settings.sh'
. sigstore/settings.sh

say 'Alice has a key for her own commits, as ever. Who she is when she lets an agent loose, her sign-in says.'
show 'ssh-keygen -q -t ed25519 -N "" -C alice -f alice'
show 'git config --global user.name Alice && git config --global user.email alice@example.com && git config --global init.defaultBranch main'
show 'git init -q shop && cd shop && git commit -q --allow-empty -m "a shop"'
show 'countersign init --person alice --name Alice --email alice@example.com --signer ssh:../alice --yes'
show 'countersign people trust-root ../sigstore/trusted_root.json'
show 'countersign people add alice --key "sigstore:$ISSUER#alice@example.com"'
show 'git add -A && git commit -q -m "adopt countersign" && git tag adopted'

say 'Somebody else who signs in has signed nothing, and no certificate was asked for.'
want=4 show 'SIGN_IN_AS=mallory@example.com countersign session start --agent demo-agent/1.0 --signer sigstore --yes --quiet'

: >../sigstore/requests

say 'One sign-in for a session. As soon as the agent runs, Sigstore is gone, and no program can connect to anything. It makes
# a hundred commits.'
cat >../agent.sh <<'AGENT'
kill $sigstore
mkdir src
for number in $(seq 100); do
  echo "$number" >"src/$((number % 20)).ts" && git add src && git commit -q -m "agent: $number" || exit 1
done
AGENT
export sigstore NETWORK_LOG="$scratch/tries"
: >"$NETWORK_LOG"
cut="--import=file://$root/test/kit/sigstore/no-network.mjs"
show 'cat ../agent.sh'
show 'countersign run --signer sigstore --agent demo-agent/1.0 --model demo --hours 4 -- env NODE_OPTIONS="$cut" bash ../agent.sh'
show 'git rev-list --count adopted..HEAD'

say 'All that the sign-in took: a page, a token, one certificate, one entry of the log.'
show 'cat ../sigstore/requests'

say 'The verdict needs no network: not now, not in ten years, when every certificate has run out.'
export NODE_OPTIONS=$cut
show 'countersign verify adopted..HEAD | tail -n 2'
export later=$cut\ --import=file://$root/test/kit/sigstore/years-later.mjs
show 'NODE_OPTIONS=$later countersign verify adopted..HEAD | tail -n 2'

say 'Tries to connect, of all these programs together:'
show 'wc -l <"$NETWORK_LOG" && [ ! -s "$NETWORK_LOG" ]'

say 'Done: one sign-in, a hundred commits, no network.'
