# SPDX-License-Identifier: GPL-2.0-or-later
# bash: words of bootlog; profiles are asked for
_bootlog() {
	local cur=$2 before=$3 words judged="--profile --base --profiles --expect --require-hardware --strict --boots --nonce"
	COMPREPLY=()
	case $before in
	--profile | --base) words=$("${COMP_WORDS[0]}" profiles 2>/dev/null | cut -d' ' -f1) ;;
	--expect | --boots | --nonce | --job | --timeout | --slow | --slower) return 0 ;;
	--profiles) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return 0 ;;
	-o | --output) [ "${COMP_WORDS[1]}" = report ] || words="text tap ktap junit github json markdown html" ;;
	--boot) words=last ;;
	*)
		if [ "$COMP_CWORD" = 1 ]; then
			words="check run json report diff explain profiles --help --version"
		elif [[ $cur == -* ]]; then
			case ${COMP_WORDS[1]} in
			check) words="$judged -o --boot --limits --job" ;;
			run) words="$judged -o --log --timeout --slow --echo --quiet" ;;
			report) words="$judged -o" ;;
			diff) words=--slower ;;
			profiles) words=--profiles ;;
			esac
		elif [ "${COMP_WORDS[1]}" = profiles ]; then
			words=$("${COMP_WORDS[0]}" profiles 2>/dev/null | cut -d' ' -f1)
		fi ;;
	esac
	if [ -n "$words" ]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	fi
	if [ -z "$words" ] || [ "$before" = --profile ]; then
		mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur")
	fi
}
complete -o filenames -F _bootlog bootlog
