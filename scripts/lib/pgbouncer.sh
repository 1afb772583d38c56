# PgBouncer in transaction pooling mode before a PostgreSQL server.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the files

# decode TEXT: undo the percent-encoding of a part of a URL.
decode() {
    local text=${1//\\/\\\\}
    printf '%b' "${text//%/\\x}"
}

# parse_url URL: its parts go to the url_* variables.
parse_url() {
    local pattern='^postgres(ql)?://([^:@/]+):([^@/]*)@([^:/?]+)(:([0-9]+))?(/.*)?$'
    [[ $1 =~ $pattern ]] || die "'$1' is not a URL like postgres://user:password@host:port/database"
    url_login=${BASH_REMATCH[2]} url_password=${BASH_REMATCH[3]} url_host=${BASH_REMATCH[4]}
    url_port=${BASH_REMATCH[6]:-5432} url_rest=${BASH_REMATCH[7]}
}

initialise_pgbouncer() {
    local user password_of_user
    parse_url "$s_target"
    user=$(decode "$url_login") password_of_user=$(decode "$url_password")
    printf '"%s" "%s"\n' "${user//\"/\"\"}" "${password_of_user//\"/\"\"}" | write "$s_home/users"
}

server_command_pgbouncer() {
    parse_url "$s_target"
    # Of the parameters that clients send when they connect PgBouncer knows
    # only some, and refuses the others unless it is told to ignore them.
    {
        cat <<END
[databases]
* = host=$url_host port=$url_port
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $s_port
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $s_home/users
pool_mode = transaction
max_client_conn = 300
ignore_startup_parameters = extra_float_digits
END
        if ((${#s_options[@]})); then printf '%s\n' "${s_options[@]}"; fi
    } | write "$s_home/pgbouncer.ini"
    server_command=("$s_server" "$s_home/pgbouncer.ini")
}

# start_pgbouncer DIR URL LINE...
start_pgbouncer() {
    local dir=$1 url=$2
    shift 2
    parse_url "$url"
    find_server pgbouncer || die "pgbouncer is not installed and cannot be had: $why_not" "$(install_help pgbouncer)"
    s_target=$url s_options=("$@")
    make_dir "$dir"
    make_home
    make_reachable
    initialise_pgbouncer
    start_on_free_port
}
