# Finding, initialising, starting and ending each kind of server.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the files

# ---------------------------------------------------------------- finding

# find_server NAME: fill in s_family and the programs; false, with $why_not,
# if the engine is not installed and cannot be unpacked.
find_server() {
    s_name=$1 s_tree=
    case $1 in
    postgres | postgres-18) s_family=postgres ;;
    mysql) s_family=mysql ;;
    mariadb | mariadb-11 | mariadb-galera) s_family=mariadb ;;
    pgbouncer) s_family=pgbouncer ;;
    *) die "there is no engine '$1'" "use postgres, mysql, mariadb, postgres-18, mariadb-11 or mariadb-galera" ;;
    esac
    if "installed_$s_family" "$1"; then return; fi
    tree "$1" || return 1
    s_tree=$tree s_usr=$tree/usr
    case $s_family in
    postgres)
        s_bin=$(printf '%s\n' "$tree"/usr/lib/postgresql/*/bin)
        s_server=$s_bin/postgres s_client=$s_bin/psql
        ;;
    mysql) s_server=$tree/usr/sbin/mysqld s_client=$tree/usr/bin/mysql ;;
    mariadb) s_server=$tree/usr/sbin/mariadbd s_client=$tree/usr/bin/mariadb ;;
    pgbouncer) s_server=$tree/usr/sbin/pgbouncer ;;
    esac
}

# The newest installed PostgreSQL; for postgres-18 one of that version.
installed_postgres() {
    local bin want=
    if [[ $1 == postgres-18 ]]; then want=18; fi
    while read -r bin; do
        if [[ -x $bin/postgres && -x $bin/initdb && -x $bin/psql ]] &&
            [[ $("$bin/postgres" --version) == *" $want"* ]]; then
            s_bin=$bin s_server=$bin/postgres s_client=$bin/psql
            return
        fi
    done < <(
        printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -rV
        if have postgres; then dirname "$(readlink -f "$(command -v postgres)")"; fi
    )
    return 1
}

# Either server may be called mysqld and either client mysql: only the version
# tells. A client of MySQL 5 says "Ver 14.14 Distrib 5.7" and does not pass.
is_mariadb() { [[ $("$1" --version 2>/dev/null) == *MariaDB* ]]; }
is_mysql() {
    local version
    version=$("$1" --version 2>/dev/null) || return 1
    [[ $version =~ Ver\ ([89]|[1-9][0-9]+)\.[0-9]+\.[0-9]+ && $version != *MariaDB* ]]
}
is_pgbouncer() { [[ $("$1" --version 2>/dev/null) == *PgBouncer* ]]; }

# first_that TEST PROGRAM...: the first program that is there and passes.
first_that() {
    local check=$1 name program
    shift
    for name; do
        program=$(PATH=$PATH:/usr/sbin:/usr/libexec:/usr/local/sbin command -v "$name") || continue
        if "$check" "$program"; then printf '%s' "$program" && return; fi
    done
    return 1
}

installed_mysql() {
    s_server=$(first_that is_mysql mysqld) && s_client=$(first_that is_mysql mysql) && usr_of_server
}

installed_mariadb() {
    local want=
    # The cluster's library must be of the server's own build.
    if [[ $1 == mariadb-galera ]]; then return 1; fi
    if [[ $1 == mariadb-11 ]]; then want=11.; fi
    s_server=$(first_that is_mariadb mariadbd mysqld) &&
        s_client=$(first_that is_mariadb mariadb mysql) && usr_of_server &&
        [[ -x $s_usr/bin/mariadb-install-db || -x $s_usr/bin/mysql_install_db ]] &&
        [[ $("$s_server" --version) == *"Ver $want"* ]]
}

installed_pgbouncer() { s_server=$(first_that is_pgbouncer pgbouncer); }

usr_of_server() { s_usr=$(dirname "$(dirname "$(readlink -f "$s_server")")"); }

# Ubuntu's AppArmor lets /usr/sbin/mysqld touch no data but the system's. The
# rule goes by the path of the program, so a copy is free of it.
leave_apparmor() {
    if [[ -z $s_tree && $s_family == mysql && -e /etc/apparmor.d/usr.sbin.mysqld ]] &&
        [[ $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) == Y ]]; then
        cp "$s_server" "$s_home/mysqld"
        s_server=$s_home/mysqld
    fi
}

# ---------------------------------------------------------------- initialising

# In SQL for MySQL and MariaDB; one statement a line, as --init-file wants it.
# root gets the password too: without one it would be open to all over TCP.
init_sql() {
    # MariaDB makes a root for each name that this host may have.
    if [[ $s_family == mariadb ]]; then
        printf '%s;\n' "DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost'" "FLUSH PRIVILEGES"
    fi
    printf '%s;\n' \
        "CREATE DATABASE IF NOT EXISTS $login" \
        "CREATE USER IF NOT EXISTS '$login'@'%' IDENTIFIED BY '$password'" \
        "GRANT ALL PRIVILEGES ON *.* TO '$login'@'%' WITH GRANT OPTION" \
        "ALTER USER 'root'@'localhost' IDENTIFIED BY '$password'"
}

# write FILE: standard input to a file of the server's user. Root itself writes
# nothing below s_home, where that user could have put a link.
write() { "${as_user[@]}" tee "$1" >/dev/null; }

# quietly COMMAND...: as the server's user, all output to the log.
quietly() { (cd / && "${as_user[@]}" "$@") </dev/null >>"$s_log" 2>&1; }

# The servers lose nothing when they are killed, only when the machine is:
# every commit is written, but never synced.
initialise_postgres() {
    local locale
    printf '%s' "$password" | write "$s_home/password"
    for locale in C.UTF-8 C; do
        if quietly "$s_bin/initdb" -D "$s_home/data" -U "$login" --pwfile="$s_home/password" \
            --auth-local=trust --auth-host=scram-sha-256 \
            --encoding=UTF8 --locale="$locale" --no-sync --no-instructions; then
            break
        fi
        # The machine may not have the first locale.
        if [[ $locale == C ]]; then return 1; fi
    done
    rm -f "$s_home/password"
    # In the file rather than on the command line: there a test can change it.
    # Shared memory in files: in /dev/shm it would outlive a killed server.
    "${as_user[@]}" tee -a "$s_home/data/postgresql.conf" >/dev/null <<'END'
listen_addresses = '127.0.0.1'
max_connections = 300
fsync = off
full_page_writes = off
dynamic_shared_memory_type = mmap
END
}

initialise_mysql() {
    mysql_options
    quietly "$s_server" "${mysql_options[@]}" ${fixed_options[@]+"${fixed_options[@]}"} --initialize-insecure
}

initialise_mariadb() {
    local install=$s_usr/bin/mariadb-install-db
    if [[ ! -x $install ]]; then install=$s_usr/bin/mysql_install_db; fi
    # --skip-test-db: the test database comes with users without a name, which
    # would be matched before ours.
    quietly env "TMPDIR=$s_home/tmp" "$install" --no-defaults --basedir="$s_usr" --datadir="$s_home/data" \
        --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve \
        ${fixed_options[@]+"${fixed_options[@]}"}
}

# Options that MySQL and MariaDB share, to initialise and to run. Each has a
# tmpdir of its own: MariaDB removes all temporary tables that it finds there
# when it starts, those that another server uses too.
mysql_options() {
    mysql_options=(--no-defaults "--basedir=$s_usr" "--datadir=$s_home/data"
        "--secure-file-priv=$s_home/files" "--tmpdir=$s_home/tmp")
    if [[ -n $s_tree ]]; then
        mysql_options+=("--plugin-dir=$s_usr/lib/mysql/plugin" "--lc-messages-dir=$s_usr/share/mysql"
            "--character-sets-dir=$s_usr/share/mysql/charsets")
    fi
}

# initialise: the data of a new server, from a copy if one was kept: that is
# several times faster than to make it.
initialise() {
    local option key kept new
    # Some options hold for the life of the data: they must be known when it
    # is made, and such data is not kept.
    fixed_options=()
    for option in ${s_options[@]+"${s_options[@]}"}; do
        case $option in
        --lower[-_]case[-_]table[-_]names* | --innodb*) fixed_options+=("$option") ;;
        esac
    done
    "${as_user[@]}" mkdir -m 700 "$s_home/files" "$s_home/tmp"
    # Older copies do not fit when the version changes, or what is written here.
    key=$({ "$s_server" --version && printf '%s\n' "$server_user" && cat "$here/lib/engines.sh"; } | cksum)
    kept=$cache/data.$s_name.${key%% *}
    if ((${#fixed_options[@]} == 0)) && [[ -d $kept ]]; then
        if cp -a "$kept" "$s_home/data" 2>>"$s_log"; then return; fi
        rm -rf "$s_home/data"
    fi
    "initialise_$s_family" || return 1
    # What was interrupted here goes some other time.
    find "$cache" -maxdepth 1 -name 'new-data.*' -mmin +60 -exec rm -rf {} + 2>/dev/null || true
    if ((${#fixed_options[@]} == 0)) && mkdir -p "$cache" && new=$(mktemp -d "$cache/new-data.XXXXXX"); then
        rm -rf "$cache/data.$s_name".* 2>/dev/null || true
        if cp -a "$s_home/data" "$new/data"; then
            # Another process may have been faster; then this fails, rightly.
            mv -T "$new/data" "$kept" 2>/dev/null || true
        fi
        rm -rf "$new"
    fi
}

# ---------------------------------------------------------------- starting

# server_command_FAMILY: the server's command line goes to $server_command.
server_command_postgres() {
    server_command=("$s_server" -D "$s_home/data" -k "$s_socket" -p "$s_port"
        ${s_options[@]+"${s_options[@]}"})
}

server_command_mysql() {
    mysql_options
    server_command=("$s_server" "${mysql_options[@]}" "--socket=$s_socket/s" "--pid-file=$s_home/server.pid"
        --bind-address=127.0.0.1 "--port=$s_port" --max-connections=300 --skip-name-resolve
        --innodb-flush-log-at-trx-commit=2 --innodb-buffer-pool-size=128M --skip-log-bin)
    if [[ $s_family == mysql ]]; then server_command+=(--mysqlx=OFF); fi
    if [[ $s_name == mariadb-galera ]]; then
        # A cluster of one, which listens for others on this machine alone.
        server_command+=(--wsrep-on=ON "--wsrep-provider=$s_tree/usr/lib/galera/libgalera_smm.so"
            --wsrep-cluster-address=gcomm:// --wsrep-node-address=127.0.0.1
            "--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:$((s_port + 10000))"
            --binlog-format=ROW --innodb-autoinc-lock-mode=2)
    fi
    if [[ -z $s_version ]]; then
        init_sql | write "$s_home/init.sql"
        server_command+=("--init-file=$s_home/init.sql")
    fi
    server_command+=(${s_options[@]+"${s_options[@]}"})
}

server_command_mariadb() { server_command_mysql; }

# ask WAY DATABASE SQL: what the server answers, by WAY tcp or socket. The
# socket is this server's for sure; at its port another one may have been first.
ask() {
    local way=$1 database=$2 sql=$3 url
    case $s_family in
    postgres)
        url=${s_url%/*}/$database
        if [[ $way == socket ]]; then url="host='$s_socket' port=$s_port user='$login' dbname='$database'"; fi
        PGCONNECT_TIMEOUT=5 "$s_client" -XAtq -d "$url" -c "$sql"
        ;;
    mysql | mariadb)
        local place=(-h 127.0.0.1 -P "$s_port")
        if [[ $way == socket ]]; then place=("--socket=$s_socket/s"); fi
        MYSQL_PWD=$password "$s_client" --no-defaults --connect-timeout=5 "${place[@]}" \
            -u "$login" -N -B -D "$database" -e "$sql"
        ;;
    esac </dev/null 2>/dev/null
}

# ready: true once the server answers; its version goes to s_version.
ready() {
    local version
    if [[ $s_family == pgbouncer ]]; then
        # It answers no query by itself, and its server need not be there yet.
        grep -q 'process up' "$s_log" && alive "$s_pid" "$s_started" || return 1
        s_version=running
        return
    fi
    if [[ $s_family == postgres && -z $s_version ]] && ! ask socket "$login" "SELECT 1" >/dev/null; then
        ask socket postgres "CREATE DATABASE $login" >/dev/null || return 1
    fi
    ask socket "$login" "SELECT 1" >/dev/null || return 1
    version=$(ask tcp "$login" "SELECT version()") || return 1
    version=${version#PostgreSQL }
    s_version=${version%%[ -]*}
}

# launch: start the server, whose data is there, and wait until it answers.
launch() {
    local end=$((SECONDS + 60)) server_command
    "server_command_$s_family"
    # What the log says is about this launch, and is read below and by callers.
    : >"$s_log"
    spawn "$s_log" "${as_user[@]}" "${server_command[@]}"
    s_pid=$spawned
    s_started=$(start_time_of "$s_pid") || true
    save_state
    until ready; do
        if ! alive "$s_pid" "$s_started"; then return 1; fi
        if ((SECONDS > end)); then
            end_process
            return 1
        fi
        sleep 0.1
    done
    rm -f "$s_home/init.sql"
    save_state
}

set_url() {
    local scheme=mysql
    if [[ $s_name == pgbouncer ]]; then
        parse_url "$s_target"
        s_url=postgres://$url_login:$url_password@127.0.0.1:$s_port$url_rest
        return
    fi
    if [[ $s_name == postgres* ]]; then scheme=postgres; fi
    s_url=$scheme://$login:$password_in_url@127.0.0.1:$s_port/$login
}

# Only a port that another process took meanwhile is worth a new try.
port_was_taken() {
    grep -qiE 'address already in use|another (mysqld )?server running on port' "$s_log"
}

# start_server DIR NAME OPTION...: a new server with its data in DIR. The
# caller has called clear_state.
start_server() {
    local dir=$1 name=$2 port
    shift 2
    if ! find_server "$name"; then
        if [[ -z $s_registry ]] && can_contain "$name"; then
            start_container "$dir"
            return
        fi
        die "$name is not installed and cannot be had: $why_not" "$(install_help "$name")"
    fi
    s_options=("$@")
    make_dir "$dir"
    make_home
    make_reachable
    leave_apparmor
    initialise || failed "could not initialise $name"
    start_on_free_port
}

start_on_free_port() {
    local port
    for _ in 1 2 3; do
        free_port
        s_port=$port
        set_url
        if launch; then return; fi
        port_was_taken || break
    done
    failed "$s_name did not start"
}

# forget_process: make the data believe that its last process is gone. The
# server would see so itself, but for a parent that does not collect its dead
# children, as the first process of many containers does not: then the pid
# still answers.
forget_process() {
    rm -f "$s_home/server.pid" "$s_socket"/{s,s.lock,".s.PGSQL.$s_port",".s.PGSQL.$s_port.lock"}
    if [[ -e $s_home/data/postmaster.pid ]]; then
        # Not removed: it also names the shared memory, by which PostgreSQL
        # tells that children of the last process still write to the data.
        # No pid is as high as this one.
        "${as_user[@]}" sed -i '1s/.*/99999999/' "$s_home/data/postmaster.pid"
    fi
}

# restart_server: the server of the loaded state again, as it was.
restart_server() {
    local end=$((SECONDS + 60))
    end_process
    forget_process
    # The processes that a killed PostgreSQL leaves behind end by themselves,
    # but not at once, and no new one starts before.
    until launch; do
        if ((SECONDS > end)) || ! grep -q 'pre-existing shared memory block' "$s_log"; then
            tail -n 20 "$s_log" >&2
            die "$s_name did not start again" "the lines above are the server's own"
        fi
        sleep 0.1
    done
}

failed() {
    say "--- the end of the log of $s_name"
    tail -n 20 "$s_log" >&2 || true
    end_server
    die "$1" "the lines above are the server's own"
}

install_help() {
    case $1 in
    postgres) printf 'install PostgreSQL (Debian: postgresql), or set TEST_POSTGRES_URL to a server of your own' ;;
    mysql) printf 'install MySQL 8 or newer with its client, or set TEST_MYSQL_URL to a server of your own' ;;
    mariadb) printf 'install MariaDB (Debian: mariadb-server), or set TEST_MARIADB_URL to a server of your own' ;;
    postgres-18) printf 'install PostgreSQL 18, or do without --matrix' ;;
    mariadb-11) printf 'install MariaDB 11, or do without --matrix' ;;
    *) printf 'install %s' "$1" ;;
    esac
}

# ---------------------------------------------------------------- ending

# end_process: end the server's process at once; its data is going away too.
end_process() {
    if ! alive "$s_pid" "$s_started"; then return 0; fi
    if [[ $s_family == postgres ]]; then
        # "Immediate shutdown": the postmaster ends its children and gives
        # back its shared memory, which SIGKILL would leave behind.
        kill -QUIT "$s_pid" 2>/dev/null || true
        if wait_gone "$s_pid" "$s_started" 10; then return; fi
    fi
    kill -KILL "$s_pid" 2>/dev/null || true
    wait_gone "$s_pid" "$s_started" 10 || die "process $s_pid ($s_name) does not end"
}

# end_strays DIR: end what still runs on data below DIR though no state says so:
# `cargo clean` removes target/ under running servers. PostgreSQL sees that its
# data is gone and ends by itself; the others do not.
end_strays() {
    local file pid
    # -z: the arguments in there are divided by zero bytes.
    while read -r file; do
        pid=${file#/proc/}
        kill -KILL "${pid%/cmdline}" 2>/dev/null || true
    done < <(grep -lzxF -e "--datadir=$1/home/data" /proc/[0-9]*/cmdline 2>/dev/null)
}

# A PostgreSQL that was killed left a small System V segment; its own file says
# which. Only one that nobody uses, made by that very postmaster, is removed.
remove_shared_memory() {
    local -a line
    local file=$s_home/data/postmaster.pid id
    if [[ $s_family != postgres || ! -r $file ]]; then return 0; fi
    mapfile -t line <"$file"
    id=${line[6]:-}
    id=${id##* }
    if [[ -z $id ]] || ! have ipcrm; then return 0; fi
    # In /proc/sysvipc/shm: 2 the id, 5 the pid that made it, 7 how many use it.
    if awk -v id="$id" -v pid="${line[0]}" '$2 == id && $5 == pid && $7 == 0 { found = 1 } END { exit !found }' \
        /proc/sysvipc/shm 2>/dev/null; then
        ipcrm -m "$id" 2>/dev/null || true
    fi
}

# end_server: end the server of the loaded state and remove its data.
end_server() {
    if [[ $s_family == container ]]; then
        stop_container
    else
        end_process
        remove_shared_memory
    fi
    remove_server
}
