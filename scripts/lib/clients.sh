# The engines' own clients, for tests that pipe SQL into them.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the files

readonly client_names=(postgres mysql mariadb sqlite)
declare -rA client_variable_of=(
    [postgres]=TEST_POSTGRES_BIN [mysql]=TEST_MYSQL_CLIENT
    [mariadb]=TEST_MARIADB_CLIENT [sqlite]=TEST_SQLITE_CLIENT
)
declare -rA client_file_of=([postgres]=psql [mysql]=mysql [mariadb]=mariadb [sqlite]=sqlite3)

# find_client NAME: the client program goes to s_client, installed or unpacked.
find_client() {
    case $1 in
    postgres)
        # Not /usr/bin/psql first: Debian's reads the system's list of clusters.
        installed_postgres postgres || s_client=$(command -v psql) || find_server postgres
        ;;
    mysql) s_client=$(first_that is_mysql mysql) || find_server mysql ;;
    mariadb) s_client=$(first_that is_mariadb mariadb mysql) || find_server mariadb ;;
    sqlite)
        if s_client=$(command -v sqlite3); then return; fi
        tree sqlite && s_client=$tree/usr/bin/sqlite3
        ;;
    esac
}

# make_client NAME: a script in target/servers/bin that runs the client
# without the user's own settings, which may be anything.
make_client() {
    # The servers of --matrix have none of their own.
    if [[ -z ${client_file_of[$1]:-} ]]; then return; fi
    local name=$1 file=$servers/bin/${client_file_of[$1]} variable=${client_variable_of[$1]} run
    if [[ -x $file ]] || client_given "$name"; then return; fi
    clear_state
    if ! find_client "$name"; then
        say "warning: no client for $variable: $why_not"
        return
    fi
    mkdir -p "$servers/bin"
    printf -v run '%q' "$s_client"
    # shellcheck disable=SC2016 # for the script that is written
    {
        printf '#!/bin/sh\n'
        case $name in
        postgres) printf 'exec %s -X "$@"\n' "$run" ;;
        sqlite) printf 'exec %s -init /dev/null "$@"\n' "$run" ;;
        # An option like --defaults-file is understood only in the first place.
        mysql | mariadb)
            printf 'case ${1:-} in --defaults-* | --no-defaults) exec %s "$@" ;; esac\n' "$run"
            printf 'MYSQL_TEST_LOGIN_FILE=/nonexistent exec %s --no-defaults "$@"\n' "$run"
            ;;
        esac
    } >"$file.new"
    chmod 755 "$file.new"
    mv "$file.new" "$file"
}

# client_given NAME: true if the caller named a client of his own.
client_given() {
    local variable=${client_variable_of[$1]}
    [[ -n ${!variable:-} && ${!variable} != "$servers"/bin/* ]]
}
