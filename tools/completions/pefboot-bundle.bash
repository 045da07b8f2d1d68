# SPDX-License-Identifier: GPL-2.0-or-later
# bash: words of pefboot-bundle
_pefboot_bundle() {
	local cur=$2 before=$3 words
	COMPREPLY=()
	case $before in
	--bank) words="sha1 sha256 sha384 sha512" ;;
	--kernel | --initrd | --pefboot | --recipient | --origin | --key | -o | --output) ;;
	--cmdline) [ "${COMP_WORDS[1]}" = extract ] || return 0 ;;
	--pool | --file) return 0 ;;
	--svm-tool) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return 0 ;;
	*)
		if [ "$COMP_CWORD" = 1 ]; then
			words="create info extract verify digest seal slof pcrs marked --help --version"
		elif [[ $cur == -* ]]; then
			case ${COMP_WORDS[1]} in
			create) words="--kernel --initrd --cmdline --pool --blob-room --marked --pefboot -o" ;;
			info) words=--json ;;
			extract) words="--kernel --initrd --cmdline" ;;
			verify) words="--kernel --initrd --cmdline --pool --pefboot --key" ;;
			digest) words="--json --svm-tool" ;;
			seal) words="--recipient --origin --file -o" ;;
			slof) words=-o ;;
			pcrs) words=--bank ;;
			esac
		fi ;;
	esac
	if [ -n "$words" ]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}
complete -o filenames -F _pefboot_bundle pefboot-bundle
