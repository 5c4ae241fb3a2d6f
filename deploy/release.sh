#!/usr/bin/env bash
# What a release consists of, in dist/: the archive that cargo-binstall looks for, a bill of materials (CycloneDX), checksums.
# Nothing of the machine's paths goes in.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=${CARGO_HOME:-$HOME/.cargo}/bin:$PATH
command -v cargo-cyclonedx >/dev/null || cargo install --quiet --debug --locked cargo-cyclonedx --version 0.5.9

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
RUSTFLAGS="--remap-path-prefix=$PWD=. --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo ${RUSTFLAGS:-}"
export SOURCE_DATE_EPOCH RUSTFLAGS
target=$(rustc -vV | sed -n 's/^host: //p')
version=$(cargo metadata --locked --no-deps --format-version 1 | sed 's/.*"name":"whycors","version":"\([^"]*\)".*/\1/')
name=whycors-v$version-$target

rm -rf dist; mkdir -p "dist/$name/man" "dist/$name/completions"
cargo build --release --locked
binary=${CARGO_TARGET_DIR:-target}/release/whycors
cp "$binary" README.md LICENSE-APACHE LICENSE-MIT "dist/$name/"
"$binary" man --directory "dist/$name/man"
for shell in bash zsh fish powershell elvish; do "$binary" completions "$shell" >"dist/$name/completions/whycors.$shell"; done

cargo cyclonedx --quiet --format json --spec-version 1.5 --override-filename bill-of-materials
sed "s|$PWD|.|g" bill-of-materials.json >"dist/$name.cdx.json"
rm bill-of-materials.json

cd dist
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -cf - "$name" | gzip -9n >"$name.tar.gz"
rm -r "$name"
sha256sum "$name".* >SHA256SUMS
cat SHA256SUMS
