#!/usr/bin/env bash
# The completions in the shells that they are for, and the manual pages in the reader that complains.
source "$(dirname "$0")/lib.bash"
debian zsh zsh
debian fish fish
debian elvish elvish
debian mandoc mandoc
mkdir "$WORK/bin"; ln -s "$WHYCORS" "$WORK/bin/whycors"; export PATH=$WORK/bin:$PATH HOME=$WORK
for shell in bash zsh fish elvish powershell; do whycors completions $shell >"$WORK/whycors.$shell"; done

# What each shell offers for a line that is cut off.
in_bash() {
  bash -c 'source "$1"; line=$2; read -ra COMP_WORDS <<<"$line"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _whycors whycors "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"; printf "%s\n" "${COMPREPLY[@]}"' - "$WORK/whycors.bash" "$1"
}
in_fish() { fish -c "source '$WORK/whycors.fish'; complete -C '$1'" | cut -f1; }
in_zsh() {
  mkdir -p "$WORK/functions"; cp "$WORK/whycors.zsh" "$WORK/functions/_whycors"
  # It says nowhere when its list is complete: a busy machine is given more time.
  local seconds
  for seconds in 2 10 40; do
    zsh -f "$(dirname "$0")/complete.zsh" "$WORK/functions" "$1" $seconds >"$WORK/zsh"
    if grep -qF -- "$2" "$WORK/zsh"; then break; fi
  done
  cat "$WORK/zsh"
}
offers() { # LINE WANTED
  local shell
  for shell in bash fish zsh; do
    "in_$shell" "$1" "$2" >"$WORK/offered"
    grep -qF -- "$2" "$WORK/offered" || { echo "FAILED $shell offers no $2 for: $1" >&2; head "$WORK/offered" >&2; exit 1; }
  done
  PASSED=$((PASSED + 1)); echo "ok $1 → $2"
}
offers "whycors pro" probe
offers "whycors probe --form" --format
offers "whycors probe --format sar" sarif
offers "whycors explain s3-wrong-r" s3-wrong-region-redirect
offers "whycors demo story/s3-up" story/s3-upload-global-endpoint
# The editor's module is there in interactive shells alone.
sed 's/^set edit:completion:arg-completer\[whycors\] = /var completer = /; s/edit:complex-candidate/put/' "$WORK/whycors.elvish" >"$WORK/plain.elv"
elvish -compileonly "$WORK/plain.elv"; PASSED=$((PASSED + 1)); echo "ok elvish reads its script"

mkdir "$WORK/man"; whycors man --directory "$WORK/man"
for page in "$WORK"/man/*.1; do
  mandoc -T lint -W error "$page" >"$WORK/said" || { cat "$WORK/said" >&2; exit 1; }
  grep -q "^.SH EXAMPLES" "$page" || [ "${page##*/}" = whycors.1 ] || { echo "FAILED ${page##*/} has no examples" >&2; exit 1; }
done
PASSED=$((PASSED + 1)); echo "ok $(ls "$WORK/man" | wc -l) manual pages"
finish
