# Makes a tarball like a release of Nix: run on a host with Debian's Nix. Arguments: version, system.
# Nix and its libraries become one store path. Its programs are scripts, for Debian's look for libraries in Debian's places.
set -eu
version=$1 system=$2
top=nix-$version-$system
nix=/release/nix-$version cacert=/release/nss-cacert-3.0
mkdir -p "$nix/bin" "$nix/lib" "$nix/libexec" "$cacert/etc/ssl/certs" "/release/$top/store"

cp /usr/bin/nix "$nix/libexec/nix"
ldd /usr/bin/nix | sed -n 's|.* => \(/[^ ]*\) .*|\1|p' | while read -r library; do
  case $library in
    */libc.so.*|*/libm.so.*|*/ld-linux*) ;;
    *) cp -L "$library" "$nix/lib/" ;;
  esac
done
cat > "$nix/bin/nix" <<'END'
#!/bin/sh
here=$(readlink -f "$0")
here=${here%/bin/*}
LD_LIBRARY_PATH=$here/lib NIX_BIN_DIR=$here/bin exec "$here/libexec/${0##*/}" "$@"
END
chmod 755 "$nix/bin/nix"
for name in nix-build nix-channel nix-collect-garbage nix-copy-closure nix-daemon nix-env nix-hash nix-instantiate nix-shell nix-store; do
  ln -s nix "$nix/bin/$name"
  ln -s nix "$nix/libexec/$name"
done
cp /etc/ssl/certs/ca-certificates.crt "$cacert/etc/ssl/certs/ca-bundle.crt"

cd "/release/$top"
nix_path=$(nix-store --add "$nix")
cacert_path=$(nix-store --add "$cacert")
nix-store --dump-db "$nix_path" "$cacert_path" > .reginfo
printf '#!/bin/sh\ndest="/nix"\nnix="%s"\ncacert="%s"\n' "$nix_path" "$cacert_path" > install
cp -a "$nix_path" "$cacert_path" store/
cd ..
tar -c -f - --sort=name --owner=0 --group=0 --mode=u+rw,uga+r --mtime=@1 --hard-dereference "$top" | xz -0 -T2 > "$top.tar.xz"
