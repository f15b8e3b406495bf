#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The incident of the README, replayed in a throw-away repository: real git, real keys, no questions, no network, no
# account. Every command is printed before it runs, so that a reader could type it. Exits non-zero if one step does not
# end as it must. DEMO_KEEP=1 leaves the repository for a look around. With --keyless it shows grants by signing in instead.
set -u

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/countersign-demo.XXXXXX")
[ -n "${DEMO_KEEP:-}" ] || trap 'rm -rf "$scratch"' EXIT

# nothing of this machine's git, agents or keys may take part
for name in $(env | sed -n 's/^\(GIT_[A-Z0-9_]*\|COUNTERSIGN[A-Z0-9_]*\|SSH_AUTH_SOCK\)=.*/\1/p'); do unset "$name"; done
unset NODE_EXTRA_CA_CERTS CLAUDECODE AI_AGENT CURSOR_AGENT GEMINI_CLI CLAUDE_CODE_CHILD_SESSION CODEX_SANDBOX CODEX_THREAD_ID
export HOME=$scratch/home GIT_CONFIG_GLOBAL=$scratch/home/gitconfig GIT_CONFIG_SYSTEM=/dev/null LC_ALL=C NO_COLOR=1
mkdir -p "$HOME" "$scratch/bin"
printf '#!/bin/sh\nexec "%s" "%s/bin/countersign.js" "$@"\n' "$(command -v node)" "$root" >"$scratch/bin/countersign"
chmod +x "$scratch/bin/countersign"
export PATH=$scratch/bin:$PATH

say() { printf '\n# %s\n' "$*"; }
# show COMMAND: prints it, runs it, and insists on the exit code in $want (0 unless told)
show() {
  printf '$ %s\n' "$1"
  eval "$1"
  local code=$?
  [ "$code" = "${want:-0}" ] && return 0
  printf 'demo: this exited with %s and should have exited with %s\n' "$code" "${want:-0}" >&2
  exit 1
}
refused() { want=1 show "$1"; echo "(refused: exit 1)"; }

if [ "${1:-}" = --keyless ]; then
  . "$root/docs/demo-keyless.sh"
  exit
fi

say 'Two people, alice and bob, each with an SSH key. In life: a hardware key that an agent cannot touch.'
cd "$scratch" || exit 1
show 'ssh-keygen -q -t ed25519 -N "" -C alice -f alice && ssh-keygen -q -t ed25519 -N "" -C bob -f bob'
show 'git config --global user.name Alice && git config --global user.email alice@example.com && git config --global init.defaultBranch main'

say 'A repository with a sign-in page, some routing, and 338 templates that nobody asked anyone to touch.'
show 'git init -q shop && cd shop'
mkdir -p src templates db
printf 'export function signIn(user: string) {\n  return user.trim();\n}\n' >src/sign-in.ts
printf '{ "hosting": { "rewrites": [{ "source": "**", "run": { "serviceId": "web" } }] } }\n' >firebase.json
for i in $(seq 1 338); do seq -f "<p>template $i line %g</p>" 1 85 >"templates/t$i.html"; done
show 'git add . && git commit -q -m "a shop" && git ls-files | wc -l'

say 'Alice sets countersign up, and adds bob. From here on, plain git commit stamps what she commits.'
show 'countersign init --person alice --name Alice --email alice@example.com --signer ssh:../alice --yes'
show 'countersign people add bob --name Bob --email bob@example.com --role reviewer --key ssh:../bob.pub --yes'
show 'git add -A && git commit -q -m "adopt countersign" && git tag adopted && git log -1 --format=%B'

say 'She lets an agent loose: sources and records only, for four hours. The session has a key of its own.'
show 'countersign session start --agent demo-agent/1.0 --model demo --allow "src/**" --allow "consultations/**" --allow "post-mortems/**" --hours 4 --yes --format json >../session.json'
session=$(sed -n 's/.*"session": *"\([0-9A-Z]*\)".*/\1/p' ../session.json)
show "export COUNTERSIGN_SESSION=$session"

say 'The agent was asked for a small fix. It changes 340 files, routing among them, and deletes over 28,700 lines.'
printf 'export function signIn(user: string) {\n  return user.trim().toLowerCase();\n}\n' >src/sign-in.ts
sed -i.bak 's/"web"/"web-frontend-v2"/' firebase.json && rm firebase.json.bak
git rm -q -r templates
show 'git diff HEAD --shortstat'
refused 'git add -A && git commit -q -m "fix sign-in"'
show 'git reset -q --hard'

say 'It writes the consultation that the rules ask for, and a post-mortem in which it is the hero. Both are made up.'
mkdir -p consultations post-mortems
printf -- '---\nparticipants: [bob]\n---\nBob agreed that the routing change is safe.\n' >consultations/routing.md
printf '# 33 minutes of 404s\n\nOur build restored production.\n' >post-mortems/outage.md
show 'git add -A && git commit -q -m "docs: consultation and post-mortem"'
refused 'countersign verify adopted..HEAD'

say 'It cannot countersign its own story.'
want=2 show 'countersign cosign post-mortems/outage.md --yes'

say 'So it forces the first change in, past the hooks, and under another name for the branch.'
show 'git switch -q -c hotfix adopted'
sed -i.bak 's/"web"/"web-frontend-v2"/' firebase.json && rm firebase.json.bak
git rm -q -r templates
show 'git add -A && git commit -q --no-verify -m "fix sign-in" && git show --shortstat --format=%s HEAD'
refused 'countersign verify adopted..HEAD'

say 'What should have happened: the small fix, and nothing else. The verdict is good, and CI can use its exit code.'
show 'git switch -q -c small-fix adopted'
printf 'export function signIn(user: string) {\n  return user.trim().toLowerCase();\n}\n' >src/sign-in.ts
show 'git add -A && git commit -q -m "fix sign-in: names are not case-sensitive" && git log -1 --format=%B'
show 'countersign verify adopted..HEAD'

say 'A post-mortem that says what was so. The agent may write it; it counts when somebody other than its sponsor signs.'
mkdir -p post-mortems
printf '# 33 minutes of 404s\n\nA rewrite named a service that did not exist. People rolled back; the build was cancelled by hand.\n' >post-mortems/outage.md
show 'git add -A && git commit -q -m "post-mortem of the outage"'
refused 'countersign verify adopted..HEAD --quiet'
show 'unset COUNTERSIGN_SESSION'
show 'countersign cosign post-mortems/outage.md --person bob --signer ssh:../bob --yes'
show 'git commit -q -m "bob stands behind the post-mortem"'
show 'countersign verify adopted..HEAD'
show "countersign session end $session"

say 'Done: the 340-file change, the invented records and the forced commit were refused; the honest work is in.'
