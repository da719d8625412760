#!/bin/sh
# Unpacks what is needed to build against, or to boot, a Debian kernel of
# another release. Nothing is installed.
#
# Usage: fetch_headers.sh SUITE FLAVOUR FOLDER [image]
#   SUITE    bookworm, trixie, trixie-backports
#   FLAVOUR  amd64, cloud-amd64, arm64
#   FOLDER   is made; the build directory of the headers is printed
#   image    unpacks the kernel and its modules, too
#
# The mirror is the one apt is already set up with.
set -eu

suite=$1 flavour=$2 folder=$3 image=${4:-}
arch=${flavour##*-}
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -n 1)
case $mirror in *debian-security) mirror=${mirror%-security} ;; esac

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
apt=$folder/apt
mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$apt/parts" "$apt/pref"
: >"$apt/status"
key=$(find /usr/share/keyrings -name 'debian-archive-keyring.*' | head -n 1)
{
	echo "deb [signed-by=$key] $mirror $suite main"
	case $suite in
	*-backports) echo "deb [signed-by=$key] $mirror ${suite%-backports} main" ;;
	esac
} >"$apt/sources.list"
cat >"$apt/apt.conf" <<CONF
Dir::State "$apt/state";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "$apt/parts";
Dir::Etc::preferencesparts "$apt/pref";
APT::Architecture "amd64";
APT::Architectures { "amd64"; "$arch"; };
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
CONF
export APT_CONFIG="$apt/apt.conf"
apt-get -qq update

# The meta package names the version; its dependencies are followed by hand,
# for only the kernel's own packages are wanted. The build tools (kbuild) are
# for the machine that builds, whatever the kernel is for.
pick() {	# the name as apt knows it in the architecture of the flavour
	case $1 in
	linux-kbuild-* | linux-headers-*-common) echo "$1" ;;
	*) if apt-cache show "$1:$arch" >/dev/null 2>&1; then echo "$1:$arch"; else echo "$1"; fi ;;
	esac
}
wanted=linux-headers-$flavour:$arch
[ -z "$image" ] || wanted="$wanted linux-image-$flavour:$arch"
from=
case $suite in *-backports) from="-t $suite" ;; esac
all=
only='^linux-(headers|kbuild|image|binary|modules|base)-[0-9]'
while [ -n "$wanted" ]; do
	next=
	for p in $wanted; do
		case " $all " in *" $p "*) continue ;; esac
		all="$all $p"
		for d in $(apt-cache $from depends "$p" | sed -n 's/^.*Depends: *<\{0,1\}\([^<>: ]*\).*/\1/p' |
			grep -E "$only"); do
			next="$next $(pick "$d")"
		done
	done
	wanted=$next
done
mkdir -p "$folder/deb"
(cd "$folder/deb" && apt-get -qq $from download $all)
for deb in "$folder"/deb/*.deb; do
	dpkg -x "$deb" "$folder"
done
# The unpacked headers name each other by absolute path.
for build in "$folder"/usr/src/linux-headers-*-"$flavour"; do
	for f in "$build/Makefile" "$build"/.kernelvariables; do
		[ ! -f "$f" ] || sed -i "s,\([ \"=]\)/usr/,\1$folder/usr/,g" "$f"
	done
	for link in "$build"/scripts "$build"/tools; do
		[ -L "$link" ] || continue
		target=$(readlink "$link")
		case $target in
		/*) ln -sfn "$folder$target" "$link" ;;
		esac
	done
	echo "$build"
done
