# Debian's packages, unpacked beside the system instead of installed: it needs
# no root, starts no service, leaves an installed database alone, and brings
# versions that the system's own release does not have. The programs run with
# the C library and the loader that were unpacked with them.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the files

# Counts up when the layout of a tree changes, so that no older tree is used.
readonly tree_format=1

# tree_recipe NAME: which packages, of which release of Debian.
tree_recipe() {
    case $1 in
    postgres) suite=bookworm packages=(postgresql-15) ;;
    postgres-18) suite=sid packages=(postgresql-18) ;;
    mysql) suite=sid packages=(mysql-server-core mysql-client-core) ;;
    mariadb) suite=bookworm packages=(mariadb-server-core mariadb-client-core) ;;
    mariadb-11) suite=trixie packages=(mariadb-server-core mariadb-client-core) ;;
    mariadb-galera) suite=bookworm packages=(mariadb-server-core mariadb-client-core galera-4) ;;
    pgbouncer) suite=bookworm packages=(pgbouncer) ;;
    sqlite) suite=bookworm packages=(sqlite3) ;;
    mysql-client-library) suite=bookworm packages=(libmariadb-dev libmariadb-dev-compat) ;;
    esac
}

# find_mirror: where this machine gets Debian from ($mirror), and its security
# updates ($security, may stay empty). Taken from apt's own configuration.
find_mirror() {
    mirror=${SERVERS_DEBIAN_MIRROR:-} security=
    if [[ -n $mirror ]]; then return; fi
    local id codename origin uri release component guess=
    # shellcheck source=/dev/null
    id=$(. /etc/os-release 2>/dev/null && printf '%s' "${ID:-}")
    if [[ $id != debian ]]; then return 1; fi
    # shellcheck source=/dev/null
    codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
    # The origin is known only where `apt-get update` ran once; the prefix keeps
    # the columns where it did not. Debian's keys check what comes of a guess.
    # shellcheck disable=SC2016 # apt replaces these, not the shell
    while read -r origin uri release component; do
        if [[ $component != main ]]; then continue; fi
        if [[ $origin != origin: && $origin != origin:Debian ]]; then continue; fi
        case $release in
        *-security) security=${security:-$uri} ;;
        *-*) ;;
        *)
            if [[ $origin == origin:Debian || $uri == */debian/ ]]; then
                mirror=${mirror:-$uri}
            elif [[ $release == "$codename" ]]; then
                guess=${guess:-$uri}
            fi
            ;;
        esac
    done < <(apt-get indextargets --format 'origin:$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages')
    mirror=${mirror:-$guess}
    [[ -n $mirror ]]
}

find_keyring() {
    for keyring in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
        if [[ -r $keyring ]]; then return; fi
    done
    return 1
}

# can_unpack: false, with the reason in $why_not, where there is no way.
can_unpack() {
    why_not=
    local tool
    for tool in apt-get dpkg-deb flock setsid; do
        have "$tool" || { why_not="$tool is missing" && return 1; }
    done
    find_keyring || { why_not="the package debian-archive-keyring is missing" && return 1; }
    find_mirror || { why_not="apt knows no mirror of Debian (SERVERS_DEBIAN_MIRROR may name one)" && return 1; }
}

# tree NAME: the directory of an unpacked tree goes to $tree. Downloads it if
# it is not there yet. False if it cannot be had.
tree() {
    tree=$cache/$1.$tree_format
    if [[ -d $tree ]]; then return; fi
    can_unpack || return 1
    with_lock "$1" fetch_tree "$1" || { why_not="the download failed, see above" && return 1; }
}

# run_apt ARGUMENT...: apt with directories of its own in $place, knowing one
# release of Debian and no installed package, so that each tree is complete.
run_apt() {
    # The user `_apt`, which apt drops to, may not reach a checkout. Signatures
    # are checked as ever: find_keyring has the keys of every release.
    apt-get -q -y \
        -o "Dir::Etc::SourceList=$place/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
        -o "Dir::State=$place/state" -o "Dir::State::status=$place/status" \
        -o "Dir::Cache=$place/cache" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
        -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
        -o Acquire::Retries=3 -o APT::Update::Error-Mode=any -o "APT::Sandbox::User=$(id -un)" \
        -o APT::Install-Recommends=false "$@"
}

fetch_tree() {
    local name=$1 suite packages place log deb file started=$SECONDS
    # Another process may have made it while this one waited for the lock.
    if [[ -d $tree ]]; then return; fi
    tree_recipe "$name"
    say "downloading $name (${packages[*]} of Debian $suite)"
    # What an interrupted download left; the lock says that nobody is at it.
    rm -rf "$cache/new.$name".*
    place=$(mktemp -d "$cache/new.$name.XXXXXX") || return 1
    log=$place/log
    mkdir -p "$place"/{state/lists,cache/archives}/partial "$place/root"
    : >"$place/status"
    {
        printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$suite"
        if [[ -n $security && $suite != sid ]]; then
            printf 'deb [signed-by=%s] %s %s-security main\n' "$keyring" "$security" "$suite"
        fi
    } >"$place/sources.list"
    # shellcheck disable=SC2015 # the last step must fail as the others do
    run_apt update >"$log" 2>&1 &&
        run_apt --download-only install "${packages[@]}" >>"$log" 2>&1 &&
        for deb in "$place"/cache/archives/*.deb; do
            dpkg-deb -x "$deb" "$place/root" >>"$log" 2>&1 || { false; break; }
        done || {
        tail -n 15 "$log" >&2
        rm -rf "$place"
        return 1
    }
    # What no server needs, and what no checkout should hold: programs with the
    # set-user-id bit.
    rm -rf "$place"/root/{etc,var,run,usr/share/{doc,man,info,locale,lintian,perl,perl5,zoneinfo,i18n}}
    rm -rf "$place"/root/usr/lib/*-linux-*/{perl,perl5,perl-base,security}
    find "$place/root" -type f -perm /6000 -exec chmod a-s {} +
    for file in "$place"/root/{,usr/}{bin,sbin}/* "$place"/root/usr/lib/postgresql/*/bin/*; do
        if [[ -f $file && ! -L $file ]]; then wrap_program "$place/root" "$file"; fi
    done
    # A tree appears under its name complete or not at all.
    chmod 755 "$place/root"
    mv -T "$place/root" "$tree" || return 1
    rm -rf "$place"
    say "unpacked $name in $((SECONDS - started)) s"
}

# wrap_program ROOT FILE: replace a program by a script that runs it with the
# loader and libraries of its tree. The script finds them from its own place,
# so a tree may be moved or copied.
wrap_program() {
    local root=$1 file=$2 loader='' candidate libraries='' directory up
    # `tr`: the shell warns of a zero byte, which most binaries start with.
    if [[ $(head -c 4 "$file" | tr -d '\0') != $'\177ELF' ]]; then return; fi
    for candidate in "$root"/{usr/,}lib/*-linux-*/ld-linux*.so.*; do
        if [[ -e $candidate ]]; then loader=${candidate#"$root"} && break; fi
    done
    for directory in "$root"/{usr/,}lib/*-linux-* "$root"/{usr/,}lib; do
        if [[ -d $directory ]]; then libraries+=${libraries:+:}\$root${directory#"$root"}; fi
    done
    up=$(dirname "${file#"$root"/}" | sed 's:[^/][^/]*:..:g')
    mv "$file" "$file.real"
    cat >"$file" <<END
#!/bin/sh
# Runs the program beside this file with the loader and libraries of its tree.
here=\$(dirname "\$(readlink -f "\$0")")
root=\$here/$up
unset LD_PRELOAD LD_LIBRARY_PATH
exec "\$root$loader" --library-path "$libraries" \\
    --argv0 "\$here/${file##*/}" "\$here/${file##*/}.real" "\$@"
END
    chmod 755 "$file"
}
