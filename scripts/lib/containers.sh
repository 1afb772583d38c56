# The same servers from compose.yaml, where nothing else is to be had.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared between the files

# can_contain NAME: true if a container engine answers and has that server.
can_contain() {
    case $1 in
    postgres | mysql | mariadb) ;;
    *) return 1 ;;
    esac
    have docker && timeout 20 docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1
}

# compose ARGUMENT...: docker compose for the one server of the loaded state.
# A project of its own for each server and checkout, so that `down` ends that
# one and no other.
compose() {
    local id port_variable=${s_name^^}_PORT
    id=$(printf '%s' "$project" | cksum)
    env "$port_variable=${s_port:-0}" docker compose --project-name "hammerwork-${id%% *}-$s_name" \
        --file "$project/compose.yaml" "$@" </dev/null
}

start_container() {
    local port
    s_family=container
    make_dir "$1"
    for _ in 1 2 3; do
        free_port
        s_port=$port
        set_url
        save_state
        if compose up --detach --wait --wait-timeout 180 "$s_name" >>"$s_log" 2>&1; then
            s_version=container
            save_state
            return
        fi
        grep -qi 'port is already allocated\|address already in use' "$s_log" || break
    done
    compose logs --tail 20 >>"$s_log" 2>&1 || true
    failed "the container of $s_name did not start"
}

container_running() {
    [[ -n $s_version && -n $(compose ps --status running --quiet "$s_name" 2>/dev/null) ]]
}

stop_container() { compose down --volumes --timeout 5 >/dev/null 2>&1 || true; }
