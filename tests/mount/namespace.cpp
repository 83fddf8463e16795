// SPDX-License-Identifier: MIT
#include "mount/namespace.h"

namespace gpiofs::test {
namespace {

constexpr const char* prelude = R"sh(
mount -t tmpfs none /run
mount -t tmpfs -o mode=755 none /usr/local/sbin
install -m 755 "$1" /usr/local/sbin/mpsse-gpiofs
dir=/run/gpio
mkdir "$dir"
as() {
    local user=$1
    shift
    setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
}
is_mounted() { grep -q " $dir " /proc/self/mountinfo; }
daemon() {  # of a killed program any thread may be the last that holds /dev/fuse
    grep -ls '^State:.[RSD]' $(grep -lsx mpsse-gpiofs /proc/[0-9]*/comm | sed 's,comm$,task/*/status,') /dev/null |
        cut -d/ -f3 | sort -u
}
not() { ! "$@"; }
soon() {
    local left=400
    until "$@"; do
        left=$((left - 1))
        [ $left -gt 0 ] || { echo "not in time: $*" >&2; return 1; }
        sleep 0.05
    done
}
has_ended() { [ -z "$(daemon)" ]; }
term() { kill -TERM $(daemon); soon has_ended; }
kill_it() { kill -KILL $(daemon); soon has_ended; }
fails() {
    local wanted=$1 status=0
    shift
    "$@" || status=$?
    [ $status = "$wanted" ] || { echo "status $status: $*" >&2; return 1; }
}
)sh";

}  // namespace

Finished in_namespace(const std::string& script) {
    return run({"unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child",
                "--mount-proc", "sh", "-euc", prelude + script, "sh", GPIOFS_PROGRAM});
}

}  // namespace gpiofs::test
