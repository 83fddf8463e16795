# SPDX-License-Identifier: MIT
# Completion for bash of mpsse-gpiofs, mpsse-gpiomon and mpsse-sim. Options are those of --help.
#
# A word is known as $before, which is "--board=" or nothing, and $cur, what is to be completed.

# The options at the start of the lines of --help: "option WORD [VALUE]" and "mount KEY[=VALUE]".
_mpsse_gpiofs_help() { # PROGRAM
    "$1" --help 2>/dev/null | awk '
        !/^  -/ { next }
        { sub(/^  /, ""); sub(/  .*/, "") }
        /^-o [a-z_]+(=|$)/ { print "mount", $2; next }
        {
            value = $NF ~ /^-/ ? "" : " " $NF
            for (at = 1; at <= NF; ++at)
                if ($at ~ /^-/) {
                    sub(/,$/, "", $at)
                    print "option", $at value
                }
        }'
}

# The BOARD words of those that are plugged in.
_mpsse_gpiofs_plugged_in() { # PROGRAM
    timeout 2 "$1" --list 2>/dev/null | awk '
        /^$/ { exit }
        NR > 1 {
            sub(/  +[^ ]+$/, "")
            sub(/.*  /, "")
            if ($0 != "-") print
        }'
}

# Takes those that begin with $cur. Readline replaces only what comes after the last : or =.
_mpsse_gpiofs_offer() { # WORD...
    local word kept=$before$cur
    [[ $COMP_WORDBREAKS == *:* ]] && kept=${kept%"${kept##*[:=]}"} || kept=${kept%"${kept##*=}"}
    for word; do
        if [[ $word == "$cur"* ]]; then
            word=$before$word
            COMPREPLY+=("${word#"$kept"}")
        fi
    done
}

# The pairs after the first part of a BOARD word.
_mpsse_gpiofs_pairs() { # KEY=...
    local pair=${cur##*,} head=${cur%,*}, key
    case $pair in
        usb=*) _mpsse_gpiofs_offer "$head"usb={instant,hs,fs} ;;
        interface=*) _mpsse_gpiofs_offer "$head"interface={A,B,AB} ;;
        *=*) ;;
        *)
            for key; do
                [[ $head == *",$key"* ]] || _mpsse_gpiofs_offer "$head$key"
            done
            ;;
    esac
}

_mpsse_gpiofs_chip() { # PREFIX MORE-KEYS...
    if [[ $cur == *,* ]]; then
        _mpsse_gpiofs_pairs serial= id= usb= engine_ns= submit_us= frame_us= packet_ns= \
            complete_us= control_us= "${@:2}"
    else
        _mpsse_gpiofs_offer "$1"{FT232H,FT2232H,FT4232H,FT2232D}
    fi
}

_mpsse_gpiofs_board() { # PROGRAM
    local -a boards=()
    case $cur in
        sim:*) _mpsse_gpiofs_chip sim: base= interface= sample_interval_us= ;;
        *,*) _mpsse_gpiofs_pairs serial= path= base= interface= sample_interval_us= ;;
        *)
            mapfile -t boards < <(_mpsse_gpiofs_plugged_in "$1")
            _mpsse_gpiofs_help "$1" | grep -q '^option --simulate' && boards+=(sim:)
            _mpsse_gpiofs_offer all opted-in serial: path: "${boards[@]}"
            ;;
    esac
}

_mpsse_gpiofs_mount_options() { # PROGRAM
    local piece=${cur##*,} head kind option value
    head=${cur%"$piece"}
    while read -r kind option; do
        [[ $kind == mount ]] || continue
        value=${option#"${option%%=*}"}
        if [[ $piece != *=* ]]; then
            _mpsse_gpiofs_offer "$head${option%%=*}${value:+=}"
        elif [[ $piece == "${option%%=*}="* && $value =~ ^=[a-z|]+$ ]]; then
            for value in ${value//[=|]/ }; do
                _mpsse_gpiofs_offer "$head${option%%=*}=$value"
            done
        fi
    done < <(_mpsse_gpiofs_help "$1")
}

_mpsse_gpiofs_folders() { # [with-lines]
    local folder
    while IFS= read -r folder; do
        if [[ -n ${1-} && $folder =~ /gpio[0-9]+$ ]]; then
            _mpsse_gpiofs_offer "$(printf '%q ' "$folder")"
        else
            _mpsse_gpiofs_offer "$(printf '%q/' "$folder")"
        fi
    done < <(compgen -d -- "$cur")
}

_mpsse_gpiofs_lines() { # WORD...: what the command line has so far
    local root='' at folder
    for ((at = 1; at <= $#; ++at)); do
        case ${!at} in
            --root=*) root=${!at#*=} ;;
            --root) ((++at <= $#)) && root=${!at} ;;
        esac
    done
    if [[ -z $root ]]; then
        _mpsse_gpiofs_folders with-lines
        return
    fi
    for folder in "$root"/gpio[0-9]*; do
        [[ -d $folder ]] && _mpsse_gpiofs_offer "${folder##*/gpio} "
    done
}

_mpsse_gpiofs_value() { # PROGRAM OPTION PLACEHOLDER
    case $3 in
        BOARD) _mpsse_gpiofs_board "$1" ;;
        CHIP*) _mpsse_gpiofs_chip '' base= interface= sample_interval_us= ;;
        OPTION*) _mpsse_gpiofs_mount_options "$1" ;;
        DIR | SOCKET) _mpsse_gpiofs_folders ;;
        EDGES) _mpsse_gpiofs_offer rising' ' falling' ' both' ' ;;
    esac
}

_mpsse_gpiofs() {
    local program=$1 line=${COMP_LINE:0:COMP_POINT} before='' cur previous kind option value
    local -a words=()
    COMPREPLY=()
    compopt -o nospace
    read -r -a words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=('')
    cur=${words[-1]} previous=${words[-2]-}
    if [[ $cur == --*=* ]]; then
        previous=${cur%%=*} before=${cur%%=*}= cur=${cur#*=}
    fi
    while read -r kind option value; do
        if [[ $kind == option && $option == "$previous" && -n $value ]]; then
            _mpsse_gpiofs_value "$program" "$option" "$value"
            return
        fi
    done < <(_mpsse_gpiofs_help "$program")
    if [[ -n $before ]]; then
        return
    fi
    if [[ $cur == -* ]]; then
        while read -r kind option value; do
            [[ $kind == option ]] && _mpsse_gpiofs_offer "$option "
        done < <(_mpsse_gpiofs_help "$program")
        return
    fi
    case ${program##*/} in
        mpsse-gpiofs)
            _mpsse_gpiofs_board "$program"
            _mpsse_gpiofs_folders
            ;;
        mpsse-gpiomon) _mpsse_gpiofs_lines "${words[@]:1:${#words[@]}-2}" ;;
        mpsse-sim) _mpsse_gpiofs_chip '' ;;
    esac
}

complete -F _mpsse_gpiofs mpsse-gpiofs mpsse-gpiomon mpsse-sim
