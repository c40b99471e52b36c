#!/bin/sh
# verify.sh -- 用常见命令重算一次抽取：摘要、承诺、种子、排序。
# verify.sh -- recompute a draw with common commands: digests, commitments,
# seed, ranking.
#
# 用法 usage:   sh verify.sh [证据包文件夹 FOLDER]
# 返回 exits:   0 全部一致 all agrees · 1 有不一致 something differs
#               2 不能核验 cannot check
#
# 只用 sh、cat cmp cut grep head mktemp paste rm sha256sum sort tail tr wc。
# 不核验签名、透明日志、公共信标的真伪：请用 klero verify。
# It does not check signatures, the log, or whether a beacon value is genuine:
# for that use klero verify.
#
# 1,000 家约 1 秒；100,000 家（或权重合计 100,000）约 1 至 3 分钟，
# 加 TMPDIR=/dev/shm 可更快。
# 1,000 entries take a second; 100,000 (or as many units of weight) one to
# three minutes, less with TMPDIR=/dev/shm.

LC_ALL=C
export LC_ALL
set -u

unset CDPATH
folder=${1:-$(dirname -- "$0")}
cd -- "$folder" || exit 2
for file in declare.txt roster.txt close.txt; do
	if [ ! -f "$file" ]; then
		echo "缺少 missing: $file" >&2
		exit 2
	fi
done
if tail -n +4 roster.txt |
    grep -Evq '^entry [A-Za-z0-9._:-]{1,64} [1-9][0-9]{0,3}$'; then
	echo "格式不符 malformed: roster.txt" >&2
	exit 2
fi
temporary=$(mktemp -d) || exit 2
trap 'rm -rf "$temporary"' EXIT
trap 'exit 2' HUP INT TERM
bad=0

# 一项核验的结果。 The outcome of one check.
tell() { # what, expected, found
	if [ "$2" = "$3" ]; then
		echo "一致 ok       $1"
	else
		echo "不一致 DIFFERS $1"
		echo "    应为 expected: $2"
		echo "    实为 found:    $3"
		bad=1
	fi
}

digest() { # file
	sha256sum <"$1" | cut -d' ' -f1
}

# 某行的第几个字段。 A field of the line that begins with a word.
field() { # file, word, number
	grep "^$2 " "$1" | head -n 1 | cut -d' ' -f"$3"
}

# 文件的摘要是否写在那里？ Does the digest of a file stand there?
check() { # file, where it stands, word, number of the field
	if [ -f "$1" ]; then
		tell "$1 <- $2" "$(field "$2" "$3" "$4")" "$(digest "$1")"
	else
		tell "$1 <- $2" "$(field "$2" "$3" "$4")" "缺少 missing"
	fi
}

# 最后一句话。 The last word.
conclude() {
	if [ $bad = 0 ]; then
		echo "全部一致。签名、日志、信标请用 klero verify 核验。"
		echo "All agrees. Signatures, log and beacon: klero verify."
	else
		echo "有不一致之处，不可采信。 Something differs: do not rely on it."
	fi
	exit $bad
}

echo "== 冻结 the freeze"
check notice.json declare.txt notice 2
check policy.json declare.txt policy 2
check roster.txt declare.txt roster 2
check names.txt declare.txt names 2
check excluded.txt declare.txt excluded 2
if [ -f draft.txt ]; then
	check draft.txt declare.txt draft 2
else
	check roster.txt declare.txt draft 2
fi
tail -n +4 roster.txt | cut -d' ' -f2 >"$temporary/entries"
cut -d' ' -f1 names.txt >"$temporary/named"
if cmp -s "$temporary/entries" "$temporary/named"; then
	echo "一致 ok       names.txt = roster.txt"
else
	echo "不一致 DIFFERS names.txt / roster.txt"
	bad=1
fi
if sort -c -u "$temporary/entries" 2>/dev/null; then
	echo "一致 ok       roster.txt 升序无重复 ascends, nobody twice"
else
	echo "不一致 DIFFERS roster.txt 次序或重复 order, or one twice"
	bad=1
fi
check declare.txt close.txt declare 2

if [ -f lock.txt ]; then
	echo "== 承诺 the commitments"
	check declare.txt lock.txt declare 2
fi
if [ -f seal.txt ]; then
	check declare.txt seal.txt declare 2
	check lock.txt seal.txt lock 2
	grep '^secret ' seal.txt >"$temporary/secrets"
	while read -r word party secret; do
		case $secret in
		withheld | absent)
			echo "未揭示 none    $word $party: $secret"
			continue
			;;
		esac
		file=commit-$party.txt
		if [ ! -f "$file" ]; then
			tell "$file" "$secret" "缺少 missing"
			continue
		fi
		check declare.txt "$file" declare 2
		tell "$file <- lock.txt" \
		    "$(field lock.txt "commit $party" 3)" "$(digest "$file")"
		tell "$file <- seal.txt" "$secret" "$(field "$file" secret 2)"
	done <"$temporary/secrets"
fi

if [ ! -f result.txt ]; then
	echo "== 此次抽取没有结果 this attempt gave no result:" \
	    "$(field close.txt outcome 2) $(field close.txt reason 2)"
	conclude
fi

echo "== 种子 the seed"
check seal.txt seed.txt seal 2
check seed.txt result.txt seed 2
check result.txt close.txt detail 2
if [ -f beacon.txt ]; then
	check declare.txt beacon.txt declare 2
	if grep -q '^public ' beacon.txt; then
		tell "beacon.txt <- seed.txt" "$(field seed.txt 'beacon public' 3)" \
		    "$(field beacon.txt public 3)"
	fi
	echo "信标 beacon    $(tail -n +3 beacon.txt | head -n 1)"
	echo "    请在信标运营者的网站上核对 compare it with what its operators publish"
fi

echo "== 抽签 the tickets"
seed=$(digest seed.txt)
units=0
total=0

# 每签一个小文件，每千个算一次。 A small file a ticket, a thousand at a time.
mkdir "$temporary/tickets"
flush() {
	if [ $units -gt 0 ]; then
		(cd "$temporary/tickets" && sha256sum ./*) |
		    cut -c1-64 >>"$temporary/hashes"
		rm -rf "$temporary/tickets"
		mkdir "$temporary/tickets"
		units=0
	fi
}
: >"$temporary/ids"
: >"$temporary/hashes"
tail -n +4 roster.txt >"$temporary/roster"
while read -r word entry weight; do
	unit=1
	while [ $unit -le "$weight" ]; do
		printf 'klero/1 ticket\nseed %s\nentry %s\nunit %s\n' \
		    "$seed" "$entry" "$unit" \
		    >"$temporary/tickets/$((1000000 + units))"
		printf '%s\n' "$entry"
		unit=$((unit + 1))
		units=$((units + 1))
		total=$((total + 1))
		[ $units -lt 1000 ] || flush
	done
done <"$temporary/roster" >>"$temporary/ids"
flush

# 每家取最小的签，再按签排序。 The smallest ticket of each, then all in order.
paste -d' ' "$temporary/hashes" "$temporary/ids" | sort |
    sort -s -u -t' ' -k2,2 | sort >"$temporary/ranked"

selected=$(field declare.txt select 2)
alternates=$(field declare.txt select 3)
{
	printf 'klero/1 result\nseed %s\n' "$seed"
	rank=0
	while read -r ticket entry; do
		rank=$((rank + 1))
		role=not-selected
		if [ $rank -le "$selected" ]; then
			role=selected
		elif [ $rank -le $((selected + alternates)) ]; then
			role=alternate-$((rank - selected))
		fi
		echo "rank $rank $ticket $entry $role"
	done <"$temporary/ranked"
} >"$temporary/result.txt"

if cmp -s "$temporary/result.txt" result.txt; then
	echo "一致 ok       result.txt（共 $total 签 tickets）"
else
	echo "不一致 DIFFERS result.txt: 第一处 the first:"
	cmp "$temporary/result.txt" result.txt | tr '\n' ' '
	echo
	bad=1
fi

echo "== 结果 the result"
grep ' selected$' result.txt >"$temporary/winners"
while read -r word rank ticket entry role; do
	echo "中选 selected  $(grep "^$entry " names.txt | head -n 1)"
done <"$temporary/winners"
for file in replace*.txt annul.txt; do
	[ ! -f "$file" ] || echo "另见 see also  $file"
done

conclude
