# shellcheck shell=bash
# put FILE BEGIN END PAGE...: what is between the marks of each page that is there is now that of the file.
put() {
    local file=$1 begin=$2 end=$3 page text
    shift 3
    for page; do
        if ! [[ -e $page ]]; then continue; fi
        text=$(awk -v begin="$begin" -v end="$end" -v file="$file" '
            $0 == end { hidden = 0 }
            !hidden { print }
            $0 == begin { hidden = 1; print ""; while ((getline line < file) > 0) print line; print "" }
        ' "$page")
        printf '%s\n' "$text" >"$page"
    done
}
