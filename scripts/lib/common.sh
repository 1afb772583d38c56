# Messages, locks, processes, ports and the state of one server.
# Sourced by scripts/servers, which sets $servers and $cache.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the files

# The login of every server. The percent sign is there on purpose: a URL must
# carry it encoded, so every test that connects also tests the decoding.
readonly login=hammerwork
readonly password='hammer%work'
readonly password_in_url='hammer%25work'

say() { printf '%s\n' "$*" >&2; }

# die MESSAGE [HELP]: the one way out when something is wrong.
die() {
    printf 'error: %s\n' "$1" >&2
    if [[ $# -gt 1 ]]; then printf 'help: %s\n' "$2" >&2; fi
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# ---------------------------------------------------------------- the user

# PostgreSQL refuses to run as root, and no throw-away server with a password
# that everybody can read here should run as root. `nobody` owns nothing, so
# unlike `postgres` or `mysql` it cannot disturb a database of the system.
as_user=()
server_user=
choose_user() {
    server_user=$(id -un 2>/dev/null || id -u)
    if [[ $EUID -ne 0 ]]; then return; fi
    server_user=nobody
    local group
    group=$(id -g nobody 2>/dev/null) ||
        die "there is no user 'nobody' to run the servers as" "run this as a user that is not root"
    have setpriv || die "setpriv is missing" "install util-linux, or run this as a user that is not root"
    as_user=(setpriv --reuid=nobody "--regid=$group" --clear-groups --)
}

# ---------------------------------------------------------------- processes

# The start time of a process, in clock ticks since the boot. With the pid it
# names one process for good: a pid alone may have been given to another.
start_time_of() {
    local stat
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
    # The second field, the name, may hold blanks and parentheses: cut after it.
    local -a field
    read -ra field <<<"${stat##*) }"
    # A zombie is dead, though its pid still answers; unless it is only the
    # first thread that is, while others still end.
    local -a threads=("/proc/$1/task"/*)
    if [[ ${field[0]} == Z && ${#threads[@]} -le 1 ]]; then return 1; fi
    printf '%s' "${field[19]}"
}

# alive PID START_TIME
alive() {
    [[ -n ${1:-} && -n ${2:-} && $(start_time_of "$1") == "$2" ]]
}

# wait_gone PID START_TIME SECONDS
wait_gone() {
    local end=$((SECONDS + $3))
    while alive "$1" "$2"; do
        if ((SECONDS > end)); then return 1; fi
        sleep 0.05
    done
}

# spawn LOG COMMAND...: start a server that outlives this script, in a session
# of its own. Its pid goes to $spawned. It must hold none of the caller's
# files: a pipe that stays open makes whoever reads from it wait for ever, and
# a lock that stays open is never free again.
spawn() {
    local log=$1
    shift
    (
        exec </dev/null >>"$log" 2>&1
        for fd in /proc/self/fd/*; do
            fd=${fd##*/}
            if ((fd > 2)); then eval "exec $fd>&-"; fi
        done
        cd /
        exec setsid "$@"
    ) &
    spawned=$!
}

# ---------------------------------------------------------------- ports

# Below the range that Linux takes its own ports from (32768 and up), so that
# no outgoing connection of a test sits on a port that we chose.
free_port() {
    local try
    for try in {1..200}; do
        port=$((20000 + (RANDOM * 32768 + RANDOM + try) % 12000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return; fi
    done
    die "found no free port"
}

# ---------------------------------------------------------------- locks

# with_lock NAME COMMAND...: one process at a time, in all of this checkout.
with_lock() {
    local name=$1 lock status
    shift
    mkdir -p "$cache"
    exec {lock}>"$cache/$name.lock"
    flock "$lock"
    "$@"
    status=$?
    exec {lock}>&-
    return "$status"
}

# ---------------------------------------------------------------- state

# What is known of one server stands in DIR/server.state, as shell variables.
clear_state() {
    s_dir=       # DIR itself
    s_name=      # postgres, mysql, mariadb, postgres-18, mariadb-11, pgbouncer
    s_family=    # postgres, mysql, mariadb, pgbouncer, container
    s_registry=  # a private server's copy of the state, which `stop` finds
    s_made_dir=  # 1 if DIR was made for the server
    s_home=      # data and socket: DIR/home, or a directory in /tmp
    s_log=       # DIR/server.log; not in s_home, where its user could replace it
    s_socket=    # the directory of the socket
    s_tree=      # the unpacked tree that the programs are from, if any
    s_bin=       # postgres: the directory of its programs
    s_server=    # the server program
    s_client=    # the client program
    s_usr=       # mysql, mariadb: what they call basedir
    s_target=    # pgbouncer: the URL that it stands before
    s_port=
    s_url=
    s_pid=
    s_started=   # of s_pid, see start_time_of
    s_version=   # set once the server has answered
    s_options=() # what the caller gave after `--`
}
readonly state_scalars=(s_dir s_name s_family s_registry s_made_dir s_home s_log s_socket s_tree s_bin s_server
    s_client s_usr s_target s_port s_url s_pid s_started s_version)

write_state() {
    local v
    # Readable for nobody else: it may hold the password of a caller's server.
    (
        umask 077
        {
            for v in "${state_scalars[@]}"; do printf '%s=%q\n' "$v" "${!v}"; done
            printf 's_options=('
            if ((${#s_options[@]})); then printf ' %q' "${s_options[@]}"; fi
            printf ' )\n'
        } >"$1.new"
    )
    mv "$1.new" "$1"
}

save_state() {
    write_state "$s_dir/server.state"
    if [[ -n $s_registry ]]; then
        mkdir -p "${s_registry%/*}"
        write_state "$s_registry"
    fi
}

# load_state DIR_OR_FILE: false if there is no server's state.
load_state() {
    clear_state
    local file=$1
    if [[ -d $file ]]; then file=$file/server.state; fi
    if [[ ! -f $file ]]; then return 1; fi
    # shellcheck source=/dev/null
    . "$file"
}

# is_running DIR: true if its server lives and was once ready.
is_running() {
    load_state "$1" || return 1
    if [[ $s_family == container ]]; then
        container_running
        return
    fi
    alive "$s_pid" "$s_started" && [[ -n $s_version ]]
}

# ---------------------------------------------------------------- places

# make_dir DIR: the directory of a new server, its state and its log.
make_dir() {
    s_dir=$1 s_log=$1/server.log
    if [[ ! -d $s_dir ]]; then
        mkdir -p "$s_dir"
        s_made_dir=1
    fi
    : >"$s_log"
    save_state
}

# make_home: make a directory for the data that the server's user can reach,
# and one for its socket whose path is short enough.
make_home() {
    s_home=$s_dir/home
    mkdir "$s_home"
    chmod 700 "$s_home"
    if [[ $EUID -eq 0 ]]; then
        # A directory like mktemp's, of mode 700 and empty, is ours to open.
        if [[ -O $s_dir && -z $(find "$s_dir" -mindepth 1 -maxdepth 1 ! -name home ! -name 'server.*') ]]; then
            chmod a+x "$s_dir"
        fi
        chown "$server_user:" "$s_home"
        if ! "${as_user[@]}" test -w "$s_home"; then
            # The checkout is below a directory like /root.
            rmdir "$s_home"
            s_home=$(mktemp -d /tmp/hammerwork-server.XXXXXX)
            chown "$server_user:" "$s_home"
        fi
    fi
    s_socket=$s_home
    # A socket's path has 107 bytes at most; the longest name of ours in it is
    # ".s.PGSQL.12345.lock".
    if (($(printf '%s' "$s_home" | wc -c) + 20 > 107)); then
        s_socket=$(mktemp -d /tmp/hammerwork-socket.XXXXXX)
        if [[ $EUID -eq 0 ]]; then chown "$server_user:" "$s_socket"; fi
    fi
    save_state
}

# remove_server: all that make_dir and make_home made.
remove_server() {
    local place
    for place in "$s_home" "$s_socket"; do
        # A path that comes from a file goes to `rm -rf` only if it is one of
        # those that make_home could have made.
        case $place in
        "$s_dir/home" | /tmp/hammerwork-server.* | /tmp/hammerwork-socket.*) rm -rf -- "$place" ;;
        esac
    done
    rm -f -- "$s_dir"/server.{log,state,state.new}
    if [[ -n $s_registry ]]; then rm -f -- "$s_registry"; fi
    if [[ $s_made_dir == 1 ]]; then rmdir -- "$s_dir" 2>/dev/null || true; fi
}

# make_reachable: where the server's user cannot reach the unpacked tree, give
# it a copy. Hard links where possible: then it costs nothing.
make_reachable() {
    if [[ -z $s_tree ]] || "${as_user[@]}" test -x "$s_tree/usr"; then return; fi
    local copy=$s_home/tree v
    cp -al "$s_tree" "$copy" 2>/dev/null || { rm -rf "$copy" && cp -a "$s_tree" "$copy"; }
    for v in s_bin s_server s_usr; do printf -v "$v" '%s' "${!v/#"$s_tree"/"$copy"}"; done
    s_tree=$copy
}
