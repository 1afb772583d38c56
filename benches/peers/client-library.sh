# shellcheck shell=bash disable=SC2154 # tree is what unpack.sh says
# diesel links MySQL's client library: exports where it is, where it is not installed.
if ! [[ -e /usr/include/mariadb || -e /usr/include/mysql ]]; then
    tree mysql-client-library || die "MySQL's client library is missing: $why_not" "install libmariadb-dev"
    for directory in "$tree"/usr/lib/*-linux-*; do
        export MYSQLCLIENT_LIB_DIR=$directory MYSQLCLIENT_VERSION=3.3
        # By which it logs in to MySQL.
        export MARIADB_PLUGIN_DIR=$directory/libmariadb3/plugin
        export LD_LIBRARY_PATH=$directory${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    done
fi
